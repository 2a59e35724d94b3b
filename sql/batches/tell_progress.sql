-- Tells a waiting person how far a long step is; ssot draws its progress from the same notice. How often: set
-- ssot.progress_interval = '100 ms', every 5 seconds where nothing is set. ssot.progress tells other
-- sessions the same, with the next commit.
create or replace function ssot.tell_progress(what text, done bigint, total bigint, last_told timestamptz) returns timestamptz
language plpgsql as $$
declare
  said constant text := current_setting('ssot.progress_interval', true);
begin
  if done < total and clock_timestamp() - last_told < (case when said ~ '^[0-9]{1,6} ?(ms|s|min)$' then said else '5 s' end)::interval then
    return last_told;
  end if;
  insert into ssot.progress as p (pid, what, done, total, first, began_at, told_at)
  values (pg_backend_pid(), what, done, total, done, last_told, clock_timestamp())
  on conflict (only_row) do update
    set pid = excluded.pid, what = excluded.what, done = excluded.done, total = excluded.total, told_at = excluded.told_at,
        first = case when p.pid = excluded.pid and p.what = excluded.what and p.done <= excluded.done then p.first else excluded.first end,
        began_at = case when p.pid = excluded.pid and p.what = excluded.what and p.done <= excluded.done then p.began_at else excluded.began_at end;
  raise notice using message = format('%s: %s of %s', what, done, total), errcode = '01S01';
  return clock_timestamp();
end
$$;

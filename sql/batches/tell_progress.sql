-- Tells a waiting person how far a long step is; ssot draws its progress from the same notice. How often: set
-- ssot.progress_interval = '100 ms', every 5 seconds where nothing is set.
create or replace function ssot.tell_progress(what text, done bigint, total bigint, last_told timestamptz) returns timestamptz
language plpgsql as $$
declare
  said constant text := current_setting('ssot.progress_interval', true);
begin
  if done < total and clock_timestamp() - last_told < (case when said ~ '^[0-9]{1,6} ?(ms|s|min)$' then said else '5 s' end)::interval then
    return last_told;
  end if;
  raise notice using message = format('%s: %s of %s', what, done, total), errcode = '01S01';
  return clock_timestamp();
end
$$;

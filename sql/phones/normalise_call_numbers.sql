-- Plans the numbers of calls, unless planned ones are left, and gives the statements that write them, for \gexec.
create or replace function ssot.normalise_call_numbers(migration text, commits boolean) returns setof text
language plpgsql as $$
declare
  t ssot.task := ssot.begin_task('calls.phone_number', migration, 'public.calls', 'phone_number', 'phonesNormalised');
  stretch bigint := ssot.stretch_pages('public.calls');
  n bigint := 0;
begin
  if t.done >= t.planned then
    insert into ssot.journal (task, seq, id, old, new)
    select t.task, t.planned + row_number() over (order by ssot.turn(c.ctid, stretch)), c.id, c.phone_number, m.e164
    from public.calls as c
    join (table ssot.org_country offset 0) as o on o.org_id = c.org_id
    join ssot.phone_map as m on m.raw = c.phone_number and m.country = o.country and m.e164 <> c.phone_number;
    get diagnostics n = row_count;
    update ssot.task as x set planned = t.planned + n where x.task = t.task;
    perform ssot.index_journal(t.task);
  end if;
  return query select ssot.in_portions(format('call ssot.apply_journal(%L, %s, %%s)', t.task, commits::text), 'public.calls',
                                       t.planned - t.done + n, commits);
end
$$;

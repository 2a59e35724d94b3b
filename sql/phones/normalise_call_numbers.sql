-- Plans the numbers of calls, unless planned ones are left, and gives the statements that write them, for \gexec.
create or replace function ssot.normalise_call_numbers(migration text, commits boolean) returns setof text
language plpgsql as $$
declare
  t ssot.task := ssot.begin_task('calls.phone_number', migration, 'public.calls', 'phone_number', 'phonesNormalised');
  n bigint := 0;
begin
  if t.done >= t.planned then
    n := ssot.plan_journal(t, format(
      'select ssot.turn(c.lies_at, %s) as place, c.id, c.phone_number as old, m.e164 as new, null::boolean as rescued
       from (select ssot.lies_at(c.ctid) as lies_at, c.id, c.phone_number, o.country from public.calls as c
             join (table ssot.org_country offset 0) as o on o.org_id = c.org_id offset 0) as c
       join ssot.phone_map as m on m.raw = c.phone_number and m.country = c.country and m.e164 <> c.phone_number',
      ssot.stretch_pages('public.calls')));
  end if;
  return query select ssot.in_portions(format('call ssot.apply_journal(%L, %s, %%s)', t.task, commits::text), 'public.calls',
                                       t.planned - t.done + n, commits);
end
$$;

-- The statements that take make_check back, for \gexec: first without a scan, then the scan under a weaker lock.
create or replace function ssot.unmake_check(check_name text) returns setof text
language plpgsql as $$
declare
  was ssot.object;
begin
  select * into was from ssot.object as o where o.stage = 'former' and o.kind = 'check' and o.name = check_name;
  if not found or was.outcome = 'kept' or was.undo is null then return; end if;
  /* After an interruption it may be back already, and only not validated. */
  if not exists (select from pg_catalog.pg_constraint as k where k.conrelid = 'public.contacts'::regclass and k.conname = check_name) then
    return next format('alter table public.contacts add constraint %I %s not valid', check_name, replace(was.undo, ' NOT VALID', ''));
  end if;
  if was.undo not like '% NOT VALID' then
    return next format('alter table public.contacts validate constraint %I', check_name);
  end if;
  return query select o.undo from ssot.object as o where o.stage = 'former' and o.kind = 'check comment' and o.name = check_name;
end
$$;

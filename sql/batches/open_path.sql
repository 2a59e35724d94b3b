-- Before rows are changed, until the end of the transaction: where somebody's trigger would fire whose function has no
-- search path of its own, names are looked up as that role's sessions do, PostgreSQL's first. Under our empty path the
-- trigger would not find its tables.
create or replace function ssot.open_path() returns void
language plpgsql as $$
begin
  if exists (
    select from pg_catalog.pg_trigger as t join pg_catalog.pg_proc as p on p.oid = t.tgfoid
    where not t.tgisinternal and t.tgenabled <> 'D' and p.pronamespace <> 'ssot'::regnamespace
      and not exists (select from unnest(p.proconfig) as c(setting) where c.setting ^@ 'search_path=')
      and (t.tgrelid in ('public.calls'::regclass, 'public.contacts'::regclass)
           or t.tgrelid in (select d.relid from pg_partition_tree('public.calls') as d)
           or t.tgrelid in (select k.conrelid from pg_catalog.pg_constraint as k
                            where k.contype = 'f' and k.confrelid = 'public.contacts'::regclass)))
  then
    perform set_config('search_path', 'pg_catalog, ' || (
      select coalesce(nullif(s.reset_val, ''), '""') from pg_catalog.pg_settings as s where s.name = 'search_path'), true);
  end if;
end
$$;

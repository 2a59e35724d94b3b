-- An upgrade holds the user's tables first, and what the witness and the erasure write to after them: the order in which they do.
-- So whoever writes waits, for a change of the catalog only, and no deprecated write goes unrecorded meanwhile.
do $$
declare
  former constant text := current_setting('lock_timeout');
  tables regclass[];
  tab regclass;
begin
  if not exists (select from ssot.engine) then return; end if;
  /* contacts first, as their delete goes: its foreign key sets the calls to null. */
  tables := array(
    select c.oid::regclass from pg_catalog.pg_class as c
    where c.relnamespace <> 'ssot'::regnamespace and c.oid is distinct from to_regclass('public.deprecated_column_audit')
      and exists (select from pg_catalog.pg_trigger as t join pg_catalog.pg_proc as p on p.oid = t.tgfoid
                  where t.tgrelid = c.oid and not t.tgisinternal and t.tgparentid = 0
                    and (p.pronamespace = 'ssot'::regnamespace or t.tgname ^@ 'warn_deprecated_writes'))
    order by c.oid is distinct from to_regclass('public.contacts'), c.oid is distinct from to_regclass('public.calls'), c.oid::regclass::text);
  /* No writer waits for this lock, and an autovacuum gives way to it. */
  foreach tab in array tables loop execute format('lock table %s in share update exclusive mode', tab); end loop;
  /* A writer may hold one table and wait for the other. Who stands in its way gives up, and tries again, before the server looks
     for deadlocks: it could end the writer. */
  perform set_config('lock_timeout', least(nullif(l.setting::integer, 0), d.setting::integer * 2 / 5)::text, true)
  from pg_catalog.pg_settings as l, pg_catalog.pg_settings as d
  where l.name = 'lock_timeout' and d.name = 'deadlock_timeout';
  foreach tab in array tables loop execute format('lock table %s in share row exclusive mode', tab); end loop;
  perform set_config('lock_timeout', former, true);
end
$$;

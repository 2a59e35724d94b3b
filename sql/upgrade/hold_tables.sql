-- An upgrade holds the user's tables first, and what the witness and the erasure write to after them: the order in which they do.
-- So whoever writes waits, for a change of the catalog only, and no deprecated write goes unrecorded meanwhile.
do $$
declare
  held record;
begin
  if not exists (select from ssot.engine) then return; end if;
  for held in
    select distinct t.tgrelid::regclass as tab from pg_catalog.pg_trigger as t
    join pg_catalog.pg_proc as p on p.oid = t.tgfoid
    where not t.tgisinternal and t.tgparentid = 0
      and (p.pronamespace = 'ssot'::regnamespace or t.tgname ^@ 'warn_deprecated_writes')
      and t.tgrelid in (to_regclass('public.calls'), to_regclass('public.contacts'))
    order by 1
  loop
    execute format('lock table %s in share row exclusive mode', held.tab);
  end loop;
end
$$;

-- Takes them off, and the one that fills rows while a drop is taken back.
create or replace function ssot.unwatch_archive(migration text) returns void
language plpgsql as $$
declare
  t record;
begin
  for t in
    select x.tgname, x.tgrelid::regclass as tab
    from pg_catalog.pg_trigger as x join ssot.archive as a on x.tgrelid = to_regclass(a.relation)
    where a.migration = unwatch_archive.migration and not x.tgisinternal
      and x.tgname ~ ('^ssot_(archive_(insert|update|delete)|derive)_' || left(a.migration, 14) || '$')
    order by x.tgname
  loop
    perform ssot.drop_trigger(t.tab, t.tgname);
  end loop;
end
$$;

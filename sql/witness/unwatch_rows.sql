-- Takes them off, where nothing of the table is deprecated any more.
create or replace function ssot.unwatch_rows(relation text) returns void
language plpgsql as $$
declare
  t record;
begin
  if exists (select from ssot.deprecated_column as d where d.relation = unwatch_rows.relation) then return; end if;
  for t in
    select x.tgname from pg_catalog.pg_trigger as x
    where x.tgrelid = to_regclass(relation) and x.tgname in ('ssot_erase_row', 'ssot_erase_all', 'ssot_follow_key') and not x.tgisinternal
    order by x.tgname
  loop
    perform ssot.drop_trigger(relation::regclass, t.tgname);
  end loop;
end
$$;

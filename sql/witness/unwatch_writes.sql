-- Takes the witness off: its triggers, and the function where it is a copy. What it has seen stays.
create or replace function ssot.unwatch_writes(migration text) returns void
language plpgsql as $$
declare
  d record;
  t record;
begin
  for d in
    select distinct x.relation, x.function_name from ssot.deprecated_column as x where x.migration = unwatch_writes.migration
  loop
    for t in
      select x.tgname from pg_catalog.pg_trigger as x
      where x.tgrelid = to_regclass(d.relation) and x.tgname = any (ssot.witness_triggers(migration)) and not x.tgisinternal order by x.tgname
    loop
      perform ssot.drop_trigger(d.relation::regclass, t.tgname);
    end loop;
    if d.function_name <> 'ssot.see_write' then execute format('drop function if exists %s()', d.function_name); end if;
  end loop;
end
$$;

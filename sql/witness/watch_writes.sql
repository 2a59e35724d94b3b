-- Sets the witness on a deprecation's columns: for each column a trigger on statements that name it, one on changed values and one on
-- inserted ones, whose conditions are PostgreSQL's to check; and one for all of them on INSERTs as a whole. ALWAYS: a session in
-- replica role is seen too. Takes SHARE ROW EXCLUSIVE on the table. "function_name": a name that the migration promises for the function.
create or replace function ssot.watch_writes(migration text, function_name text default 'ssot.see_write') returns void
language plpgsql as $$
declare
  made record;
begin
  if watch_writes.function_name <> 'ssot.see_write' then perform ssot.copy_see_write(watch_writes.function_name); end if;
  update ssot.deprecated_column as d set function_name = watch_writes.function_name where d.migration = watch_writes.migration;
  for made in
    select t.name, t.event, d.relation, t.each, t.condition, t.way, format('%L, %L', d.column_name, d.traced_in) as about
    from ssot.deprecated_column as d
    cross join lateral (values
      (d.trigger_name, format('update of %I', d.column_name), 'row', '', 'name'),
      (d.trigger_name || '_value', 'update', 'row', format('when (%s)', ssot.differs(d.relation::regclass, 'old', 'new', array[d.column_name])), 'value'),
      (d.trigger_name || '_insert', 'insert', 'row', format('when (%s)', ssot.counted_insert(d.relation::regclass, d.column_name)), 'insert')
    ) as t(name, event, each, condition, way)
    where d.migration = watch_writes.migration
    union all
    select d.trigger_base || '_text', 'insert', d.relation, 'statement', '', 'text', string_agg(quote_literal(d.column_name), ', ' order by d.place)
    from ssot.deprecated_column as d where d.migration = watch_writes.migration group by d.trigger_base, d.relation
  loop
    execute format('create or replace trigger %I after %s on %s for each %s %s execute function %s(%L, %L, %s)', made.name, made.event,
                   made.relation, made.each, made.condition, watch_writes.function_name, made.way, made.relation, made.about);
    execute format('alter table %s enable always trigger %I', made.relation, made.name);
  end loop;
  perform ssot.watch_rows(d.relation) from (select distinct x.relation from ssot.deprecated_column as x where x.migration = watch_writes.migration) as d;
  perform ssot.own_schema();
end
$$;

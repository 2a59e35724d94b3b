-- Of every task that changes the table: the journal rows of these rows go. Gives the values that they held.
create or replace function ssot.erase_tasks(deleted_from text, ids uuid[]) returns text[]
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  t text;
  found_values text[] := '{}';
  more text[];
begin
  for t in select x.task from ssot.task as x where x.relation = deleted_from and x.column_name is not null order by x.task loop
    execute format('with gone as (delete from ssot.journal as j where j.task = %L and j.id = any ($1) returning j.old, j.new)
                    select array_agg(g.old) || array_agg(g.new) from gone as g', t)
    into more using ids;
    found_values := found_values || more;
  end loop;
  return found_values;
end
$$;

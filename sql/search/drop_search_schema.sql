-- Without CASCADE: if somebody's object stands in the schema, this stops with its name.
create or replace function ssot.drop_search_schema(migration text) returns void
language plpgsql as $$
begin
  if exists (select from ssot.object as o where o.migration = drop_search_schema.migration and o.kind = 'schema') then
    drop function if exists ssot_search.grams(uuid, text, integer);
    drop schema if exists ssot_search;
  end if;
  perform ssot.forget_objects(migration);
end
$$;

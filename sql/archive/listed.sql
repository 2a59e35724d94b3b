-- Names in a list, each put into "shape" (%1$I); with a second list beside it (%2$I).
create or replace function ssot.listed(shape text, names text[], beside text[] default '{}', separator text default ', ') returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select string_agg(format(shape, n.name, n.other), separator order by n.place)
  from rows from (unnest(names), unnest(beside)) with ordinality as n(name, other, place);
$$;

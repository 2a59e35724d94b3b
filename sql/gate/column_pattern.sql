-- A regular expression that finds the name of any column of a deprecation in a text, as a whole word; or that of one.
create or replace function ssot.column_pattern(columns text[]) returns text
language sql stable as $$
  select '(^|[^a-z0-9_])(' || string_agg(ssot.as_pattern(c), '|' order by c) || ')($|[^a-z0-9_])' from unnest(columns) as c;
$$;

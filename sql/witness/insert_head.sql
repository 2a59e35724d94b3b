-- The heads of INSERTs and COPYs into the table, and of the INSERTs of a MERGE into it, each with its list of columns, as the text says it;
-- null where there is none.
create or replace function ssot.insert_head(statement text, tab regclass) returns text
language sql stable set search_path = pg_catalog, pg_temp as $$
  select string_agg(m.part[1], ' … ' order by m.place)
  from (select format('(?:"?%s"?[.])?"?%s"?', ssot.as_pattern(n.nspname), ssot.as_pattern(c.relname)) as name
        from pg_catalog.pg_class as c join pg_catalog.pg_namespace as n on n.oid = c.relnamespace where c.oid = tab) as t
  cross join lateral (select 'merge[[:space:]]+into[[:space:]]+(?:only[[:space:]]+)?' || t.name || '(?![[:alnum:]_"$])' as target) as x
  cross join lateral regexp_matches(statement,
    '((?:insert[[:space:]]+into|copy)[[:space:]]+' || t.name || '(?:[[:space:]]+as[[:space:]]+[^ (]+)?[[:space:]]*[(][^)]*[)]'
      || case when statement ~* x.target then '|' || x.target || '|then[[:space:]]+insert[[:space:]]*[(][^)]*[)]' else '' end || ')', 'gi')
    with ordinality as m(part, place);
$$;

-- A name as a regular expression that matches it and nothing else.
create or replace function ssot.as_pattern(name text) returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select string_agg(case when c.letter ~ '[a-zA-Z0-9_]' or octet_length(c.letter) > 1 then c.letter else chr(92) || c.letter end, '' order by c.place)
  from regexp_split_to_table(name, '') with ordinality as c(letter, place);
$$;

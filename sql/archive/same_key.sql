-- That two rows have the same key of a drop's table, as a condition: each an alias, with the names that the key's columns have there.
create or replace function ssot.same_key(a ssot.archive, one text, its_key text[], other text, other_key text[]) returns text
language sql stable set search_path = pg_catalog, pg_temp as $$
  select string_agg(format('%s.%I %s %s.%I', one, k.name, k.called, other, k.beside), ' and ' order by k.place)
  from rows from (unnest(its_key), unnest(other_key), unnest(ssot.key_operators(a.relation::regclass, a.row_key, '=')))
    with ordinality as k(name, beside, called, place);
$$;

-- That the key of row r of a drop's table comes after one that a JSON list of texts ("$1") names, as a condition that its index can answer:
-- of one row comparison, or where its columns have other operators, of one for each.
create or replace function ssot.key_after(a ssot.archive) returns text
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  tab constant regclass := a.relation;
  same constant text[] := ssot.key_operators(tab, a.row_key, '=');
  after constant text[] := ssot.key_operators(tab, a.row_key, '>');
  said constant text[] := array(select format('($1::jsonb ->> %s)::%s', k.place - 1, ssot.column_type(tab, k.name))
                       from unnest(a.row_key) with ordinality as k(name, place) order by k.place);
  answer text;
begin
  if after[1] = all (after) then
    return format('(%s) %s (%s)', ssot.listed('r.%1$I', a.row_key), after[1], array_to_string(said, ', '));
  end if;
  for n in reverse cardinality(a.row_key) .. 1 loop
    answer := format('r.%I %s %s', a.row_key[n], after[n], said[n])
      || case when answer is null then '' else format(' or r.%I %s %s and (%s)', a.row_key[n], same[n], said[n], answer) end;
  end loop;
  return format('r.%I %s %s and (%s)', a.row_key[1], (ssot.key_operators(tab, a.row_key, '>='))[1], said[1], answer);
end
$$;

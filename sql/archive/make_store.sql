-- Makes the table that keeps the values of dropped columns, in the base types of the table's: a domain's rule is the table's to ask.
create or replace function ssot.make_store(store text, tab regclass, row_key text[], columns text[]) returns void
language plpgsql as $$
declare
  parts text;
begin
  if columns && '{gone,filled,filled_over}' or exists (select from unnest(columns) as c(name) where c.name ~ '^key_[0-9]+$') then
    raise exception 'a column of this name cannot be kept: %', array_to_string(columns, ', ') using errcode = 'reserved_name';
  end if;
  with recursive wanted as (
    select c.name, format('key_%s', c.place) as called, c.place, true as is_key from unnest(row_key) with ordinality as c(name, place)
    union all select c.name, c.name, c.place, false from unnest(columns) with ordinality as c(name, place)
  ), typed as (
    select w.*, a.atttypid as type, a.atttypmod as modifier, a.attcollation as collation
    from wanted as w join pg_catalog.pg_attribute as a on a.attrelid = tab and a.attname = w.name and not a.attisdropped
    union all
    select x.name, x.called, x.place, x.is_key, t.typbasetype, t.typtypmod, x.collation
    from typed as x join pg_catalog.pg_type as t on t.oid = x.type and t.typtype = 'd'
  )
  select string_agg(format('%I %s%s', x.called, format_type(x.type, x.modifier),
                           (select format(' collate %I.%I', n.nspname, o.collname) from pg_catalog.pg_collation as o
                            join pg_catalog.pg_namespace as n on n.oid = o.collnamespace where o.oid = x.collation and o.collname <> 'default')),
                    ', ' order by not x.is_key, x.place)
  into parts
  from typed as x join pg_catalog.pg_type as t on t.oid = x.type and t.typtype <> 'd';
  execute format('create table %s (%s, gone boolean not null default false, primary key (%s))', store, parts,
                 (select string_agg('key_' || n, ', ' order by n) from generate_series(1, cardinality(row_key)) as n));
  execute format('comment on table %s is %L', store, 'personal data: the values of the dropped columns');
end
$$;

-- Whether a statement is one by which pg_dump and logical replication copy a table: all columns that it has, or had then, in their
-- order. A dump takes what is there, and goes on without the columns.
create or replace function ssot.is_dump(shape text, parts oid[]) returns boolean
language sql stable strict set search_path = pg_catalog, pg_temp as $$
  select exists (
    select
    from (select coalesce(regexp_match(shape, '^copy ([^[:space:]]+) ?[(]([^()]*)[)] to stdout', 'i'),
                          (select array[m[2], m[1]] from regexp_match(
                             shape, '^(?:copy [(]|declare _pg_dump_cursor cursor for )select (.*) from (?:only )?([^ ]+?) ?(?:[)] to stdout.*)?$', 'i') as m)) as part) as d
    join pg_catalog.pg_class as c
      on c.oid = any (parts) and d.part[1] in (format('%I.%I', c.relnamespace::regnamespace, c.relname), quote_ident(c.relname))
    cross join lateral (
      select array_agg(quote_ident(a.attname) order by n.place) as names, max(a.attnum) as last
      from unnest(string_to_array(d.part[2], ',')) with ordinality as n(name, place)
      join pg_catalog.pg_attribute as a
        on a.attrelid = c.oid and quote_ident(a.attname) = btrim(n.name) and a.attnum > 0 and not a.attisdropped) as l
    where cardinality(l.names) > 1
      and l.names = array(
        select quote_ident(a.attname) from pg_catalog.pg_attribute as a
        where a.attrelid = c.oid and a.attnum between 1 and l.last and not a.attisdropped and a.attgenerated = '' order by a.attnum));
$$;

-- What a column has besides its type, as the statements that give it again: how it is stored at once, the rest with the swap. The default of
-- one that may not be null comes at once as well: rows that are inserted meanwhile have to have a value before it may not be null again.
create or replace function ssot.column_parts(tab regclass, col name)
returns table (place bigint, stage text, kind text, statement text)
language sql stable set search_path = pg_catalog, pg_temp as $$
  select row_number() over (), s.stage, s.kind, s.statement
  from (
    select 'columns' as stage, 'setting' as kind, format('alter table only %s alter column %I %s', tab, col, x.setting) as statement
    from pg_catalog.pg_attribute as a
    join pg_catalog.pg_type as t on t.oid = a.atttypid
    cross join lateral (values
      ('set statistics ' || nullif(a.attstattarget, -1)),
      ('set storage ' || case when a.attstorage <> t.typstorage
                              then case a.attstorage when 'p' then 'plain' when 'e' then 'external' when 'm' then 'main' else 'extended' end end),
      ('set compression ' || case a.attcompression when 'p' then 'pglz' when 'l' then 'lz4' end),
      ('set (' || array_to_string(a.attoptions, ', ') || ')')) as x(setting)
    where a.attrelid = tab and a.attname = col and x.setting is not null
    union all
    select case when a.attnotnull then 'columns' else 'swap' end, 'default', format('alter table only %s alter column %I set default %s', tab, col, pg_get_expr(d.adbin, d.adrelid))
    from pg_catalog.pg_attribute as a join pg_catalog.pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where a.attrelid = tab and a.attname = col
    union all
    select 'swap', 'default', format('alter table only %s alter column %I drop default', tab, col)
    from pg_catalog.pg_attribute as a join pg_catalog.pg_type as t on t.oid = a.atttypid
    where a.attrelid = tab and a.attname = col and not a.atthasdef and t.typdefault is not null
    union all
    select 'swap', 'not null', format('alter table %s alter column %I set not null', tab, col)
    from pg_catalog.pg_attribute as a where a.attrelid = tab and a.attname = col and a.attnotnull
    union all
    select 'swap', 'not null proof', format('alter table %s drop constraint if exists %I', tab, ssot.not_null_proof(col))
    from pg_catalog.pg_attribute as a where a.attrelid = tab and a.attname = col and a.attnotnull
    union all
    select 'swap', 'comment', format('comment on column %s.%I is %L', tab, col, col_description(a.attrelid, a.attnum))
    from pg_catalog.pg_attribute as a where a.attrelid = tab and a.attname = col and col_description(a.attrelid, a.attnum) is not null
    union all
    select 'swap', 'grant', format('grant %s (%I) on %s to %s%s', g ->> 'privilege', col, tab,
           coalesce(quote_ident(g ->> 'grantee'), 'public'), case when (g ->> 'grantable')::boolean then ' with grant option' else '' end)
    from jsonb_array_elements(ssot.grants_of(tab)) as g where g ->> 'column' = col
  ) as s;
$$;

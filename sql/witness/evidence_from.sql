-- How long evidence is kept: 30 days, one calendar month, or the longest quiet time of a column that is still there; whichever is longest.
create or replace function ssot.evidence_from() returns timestamptz
language sql stable set search_path = pg_catalog, pg_temp as $$
  select least(now() - interval '30 days', now() - interval '1 month',
               (select min(now() - d.quiet) from ssot.deprecated_column as d
                where ssot.column_type(to_regclass(d.relation), d.column_name) is not null));
$$;

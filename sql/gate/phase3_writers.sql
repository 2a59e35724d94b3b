-- Who wrote the columns of a deprecation within their quiet time, by the audits, by one that somebody had made by hand before, and by the
-- trace; one row a column. Not by a role that is excused.
create or replace function ssot.phase3_writers(migration text, verdicts jsonb default '{}')
returns table (column_name text, n bigint, last_at timestamptz, role_name text, application_name text)
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  /* Not asked of ssot.audit_table(): a right on the witness's functions, for who reads the gate, is a change of the witness. */
  audit constant regclass := coalesce(to_regclass('public.deprecated_column_audit'), to_regclass('ssot.deprecated_column_audit'));
  adopted constant regclass := to_regclass('ssot.adopted_column_audit');
begin
  return query execute format(
    'select x.column_name, sum(x.n)::bigint, max(x.last_at),
            (array_agg(x.role_name order by x.last_at desc))[1], (array_agg(x.application_name order by x.last_at desc))[1]
     from (
       %s
       select w.column_name, 0 as n, w.written_at as last_at, w.role_name, w.application_name
       from ssot.deprecated_column as d join ssot.deprecated_write as w on w.relation = d.relation and w.column_name = d.column_name
       where d.migration = $1 and w.written_at >= now() - d.quiet and not ssot.is_excused($1, w.role_name, $2)
     ) as x
     group by x.column_name order by x.column_name',
    case when adopted is not null and (select count(*) = 3 from pg_catalog.pg_attribute as a where a.attrelid = adopted and not a.attisdropped and (
                a.attname in ('table_name', 'column_name') and a.atttypid in ('text'::regtype, 'varchar'::regtype, 'name'::regtype)
                or a.attname = 'detected_at' and a.atttypid in ('timestamptz'::regtype, 'timestamp'::regtype))) then format(
      'select a.column_name, count(*) as n, max(a.detected_at)::timestamptz as last_at, null::text as role_name, null::text as application_name
       from ssot.deprecated_column as d
       join pg_catalog.pg_class as c on c.oid = to_regclass(d.relation)
       join %s as a on a.table_name in (c.relname, d.relation) and a.column_name = d.column_name
       where d.migration = $1 and a.detected_at >= now() - d.quiet group by a.column_name
       union all ', adopted) else '' end ||
    (select string_agg(format(
      'select a.column_name, count(*) as n, max(a.detected_at) as last_at,
              (array_agg(a.role_name order by a.detected_at desc))[1] as role_name,
              (array_agg(a.application_name order by a.detected_at desc))[1] as application_name
       from ssot.deprecated_column as d join %s as a on %s and a.column_name = d.column_name
       where d.migration = $1 and a.detected_at >= now() - d.quiet and not ssot.is_excused($1, a.role_name, $2) group by a.column_name
       union all', x.audit, x.is_of), ' ')
     from (values ('ssot.column_audit'::regclass, 'a.relation = d.relation'),
                  (audit, 'd.relation = ''public.calls'' and a.table_name = ''calls''')) as x(audit, is_of)
     where x.audit is not null))
  using migration, verdicts;
end
$$;

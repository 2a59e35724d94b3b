-- Where audited writes lie: in public as the mission made it, or where its drop put it. Null: nothing is deprecated.
create or replace function ssot.audit_table() returns regclass
language sql stable set search_path = pg_catalog, pg_temp as $$
  select coalesce(to_regclass('public.deprecated_column_audit'), to_regclass('ssot.deprecated_column_audit'))
  where exists (select from ssot.deprecated_column);
$$;

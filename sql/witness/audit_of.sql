-- Where audited writes to a table lie.
create or replace function ssot.audit_of(relation text) returns regclass
language sql stable set search_path = pg_catalog, pg_temp as $$
  select coalesce(case when audit_of.relation = 'public.calls' then ssot.audit_table() end, 'ssot.column_audit'::regclass);
$$;

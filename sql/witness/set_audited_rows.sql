create or replace function ssot.set_audited_rows(n integer) returns void
language sql set search_path = pg_catalog, pg_temp as $$
  select setval('ssot.audited_rows', (pg_current_xact_id()::text::bigint << 12) | least(n, 4095));
$$;

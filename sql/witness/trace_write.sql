-- Keeps the last write of a column where no lock on the audit, and no truncation of it, reaches. Once a transaction and column: the
-- column's sequence remembers, for this session alone, in which (sub)transaction the trace was left; nobody but its owner can set it.
-- While that one is in progress the trace stands; a rolled back savepoint takes both away.
create or replace function ssot.trace_write(relation text, col text) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  top constant bigint := pg_current_xact_id()::text::bigint;
  left_in bigint;  /* 32 bits of it */
begin
  insert into ssot.deprecated_write (relation, column_name, role_name, application_name)
  values (trace_write.relation, trace_write.col, ssot.who(), nullif(current_setting('application_name', true), ''))
  returning xmin::text::bigint into left_in;
  left_in := (top >> 32 << 32) + left_in;
  perform setval(d.traced_in, case when left_in < top then left_in + (1::bigint << 32) else left_in end)
  from ssot.deprecated_column as d where d.relation = trace_write.relation and d.column_name = trace_write.col;
end
$$;

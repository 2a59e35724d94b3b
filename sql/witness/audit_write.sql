-- Writes one audit row. The 1,001st of a transaction says that there were more; from then on only a column that was not
-- written before in this transaction is noticed, by its WARNING and its trace.
create or replace function ssot.audit_write(
  relation text, col text, row_id uuid, org_id uuid, old_value text, new_value text, operation text, seen text)
returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  tab constant regclass := audit_write.relation::regclass;
  short_name constant text := (select c.relname from pg_catalog.pg_class as c where c.oid = tab);
  n constant integer := ssot.audited_rows() + 1;
begin
  perform ssot.set_audited_rows(n);
  if not ssot.is_traced(audit_write.relation, col) then
    raise warning '[DEPRECATED COLUMN WRITE] %.% was written to', short_name, col
      using hint = (select coalesce('Use ' || d.replacement || '.', d.reason) from ssot.deprecated_column as d
                    where d.relation = audit_write.relation and d.column_name = col);
    perform ssot.trace_write(audit_write.relation, col);
    if n <= 1001 then perform ssot.prune_audit(50); end if;
  end if;
  if n > 1001 then return; end if;
  execute format(
    'insert into %s (table_name, column_name, call_id, org_id, old_value, new_value, operation, seen, role_name, application_name, statement)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)', ssot.audit_table())
  using short_name, col, case when n <= 1000 then row_id end, org_id, case when n <= 1000 then old_value end,
        case when n <= 1000 then new_value end, operation, case when n <= 1000 then seen else 'summary' end,
        ssot.who(), nullif(current_setting('application_name', true), ''),
        /* The summary stands for many rows, and what was seen by its text for none: no delete could blank their statement. */
        case when n > 1000 then null
             else left(case when seen = 'by text' then ssot.insert_head(current_query(), tab) else current_query() end, 500) end;
end
$$;

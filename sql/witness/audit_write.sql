-- Writes one audit row. The 1,001st of a transaction says that there were more; from then on only a column that was not
-- written before in this transaction is noticed, by its WARNING and its trace. Of a row without a key nothing is said that a delete
-- could not blank.
create or replace function ssot.audit_write(
  relation text, col text, row_key jsonb, org_id uuid, old_value text, new_value text, operation text, seen text)
returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  tab constant regclass := audit_write.relation::regclass;
  short_name constant text := (select c.relname from pg_catalog.pg_class as c where c.oid = tab);
  audit constant regclass := ssot.audit_of(audit_write.relation);
  is_own constant boolean := audit = 'ssot.column_audit'::regclass;
  n constant integer := ssot.audited_rows() + 1;
  says constant boolean := n <= 1000 and row_key is not null;
begin
  perform ssot.set_audited_rows(n);
  if not ssot.is_traced(audit_write.relation, col) then
    raise warning '[DEPRECATED COLUMN WRITE] %.% was written to', short_name, col
      using hint = (select coalesce('Use ' || d.replacement || '.', rtrim(d.reason, '.') || '.') || coalesce(' Ask ' || d.owner || '.', '')
                    from ssot.deprecated_column as d where d.relation = audit_write.relation and d.column_name = col);
    perform ssot.trace_write(audit_write.relation, col);
    if n <= 1001 then perform ssot.prune_audit(50); end if;
  end if;
  if n > 1001 then return; end if;
  execute format(
    'insert into %s (%s, column_name, org_id, old_value, new_value, operation, seen, role_name, application_name, statement)
     values ($1, %s, $3, $4, $5, $6, $7, $8, $9, $10, $11)', audit,
    case when is_own then 'relation, row_key' else 'table_name, call_id' end, case when is_own then '$2' else '($2 ->> ''id'')::uuid' end)
  using case when is_own then audit_write.relation else short_name end, case when says then row_key end, col, org_id,
        case when says then old_value end, case when says then new_value end, operation, case when n <= 1000 then seen else 'summary' end,
        ssot.who(), nullif(current_setting('application_name', true), ''),
        /* The summary stands for many rows, and what was seen by its text for none: no delete could blank their statement. */
        case when n > 1000 then null
             when seen = 'by text' then left(ssot.insert_head(current_query(), tab), 500)
             when says then left(current_query(), 500) end;
end
$$;

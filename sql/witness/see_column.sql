-- What one way of seeing makes of one column of one row. Whatever goes wrong here, the write is worth more than its audit; but it is
-- traced, and no audit row is tried again in this transaction: each try may cost a wait.
create or replace function ssot.see_column(way text, relation text, col text, operation text, old_row record, new_row record) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  audit constant regclass := ssot.audit_of(relation);
  d ssot.deprecated_column;
  row_key jsonb;
  org_id uuid;
  was text;
  is_now text;
begin
  if way = 'text' then
    if ssot.statement_names(current_query(), relation::regclass, col) and not ssot.is_audited_here(audit, relation, col) then
      perform ssot.audit_write(relation, col, null, null, null, null, operation, 'by text');
    end if;
    return;
  end if;
  select x.* into d from ssot.deprecated_column as x where x.relation = see_column.relation and x.column_name = col;
  execute format('select %s, ($1).%2$I::text, %3$s, %4$s', case when d.has_org then '($1).org_id' else 'null::uuid' end, col,
                 case when operation = 'UPDATE' then format('($2).%I::text', col) else 'null' end,
                 case when d.plain_key then format('jsonb_build_object(%s)', ssot.listed('%1$L, ($1).%1$I::text', d.row_key)) else 'null' end)
  into org_id, is_now, was, row_key using new_row, old_row;
  if not d.plain_key then row_key := ssot.key_of(new_row, d.row_key); end if;
  if way = 'name' then
    perform ssot.audit_write(relation, col, row_key, org_id, was, is_now, operation, 'by name');
  elsif was is distinct from is_now and not (way = 'value' and ssot.is_audited_by_name(audit, relation, col, row_key, was, is_now)) then
    perform ssot.audit_write(relation, col, row_key, org_id, was, is_now, operation, 'by value');
  end if;
exception when others then
  begin
    perform ssot.set_audited_rows(1001);
    if not ssot.is_traced(relation, col) then perform ssot.trace_write(relation, col); end if;
  exception when others then null;
  end;
end
$$;

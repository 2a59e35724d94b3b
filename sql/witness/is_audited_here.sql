-- Whether a row that this very statement inserted, or updated by its ON CONFLICT, has its audit row.
create or replace function ssot.is_audited_here(col text) returns boolean
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  answer boolean;
begin
  execute format('select exists (select from %s as a where a.column_name = $1 and a.detected_at = now() and a.stated_at = statement_timestamp()
                    and a.statement = left(current_query(), 500))', ssot.audit_table())
  into answer using col;
  return answer;
end
$$;

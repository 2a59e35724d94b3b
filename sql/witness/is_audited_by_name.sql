-- Whether the same change of the same row has its audit row by name: then the one by value would be a second.
create or replace function ssot.is_audited_by_name(col text, row_id uuid, was text, is_now text) returns boolean
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  answer boolean;
begin
  execute format('select exists (select from %s as a where a.call_id = $1 and a.column_name = $2 and a.detected_at = now() and a.seen = ''by name''
                    and a.old_value is not distinct from $3 and a.new_value is not distinct from $4)', ssot.audit_table())
  into answer using row_id, col, was, is_now;
  return answer;
end
$$;

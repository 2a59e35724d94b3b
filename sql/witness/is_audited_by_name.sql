-- Whether the same change of the same row has its audit row by name: then the one by value would be a second.
create or replace function ssot.is_audited_by_name(audit regclass, relation text, col text, row_key jsonb, was text, is_now text) returns boolean
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  answer boolean;
begin
  /* Of a row without a key no values are kept: the statement tells. */
  if row_key is null then return ssot.is_audited_here(audit, relation, col); end if;
  execute format(
    'select exists (select from %s as a where %s and a.column_name = $3 and a.detected_at = now() and a.seen = ''by name''
                      and a.old_value is not distinct from $4 and a.new_value is not distinct from $5)', audit,
    case when audit = 'ssot.column_audit'::regclass then 'a.relation = $1 and a.row_key = $2'
         else 'a.call_id = ($2 ->> ''id'')::uuid' end)
  into answer using relation, row_key, col, was, is_now;
  return answer;
end
$$;

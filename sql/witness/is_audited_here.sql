-- Whether a row that this very statement inserted, or updated by its ON CONFLICT, has its audit row.
create or replace function ssot.is_audited_here(audit regclass, relation text, col text) returns boolean
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  answer boolean;
begin
  execute format(
    'select exists (select from %s as a where %s a.column_name = $2 and a.detected_at = now() and a.stated_at = statement_timestamp()
                      and (a.statement = left(current_query(), 500)%s))', audit,
    case when audit = 'ssot.column_audit'::regclass then 'a.relation = $1 and' else '' end,
    /* Of a row without a key no statement is kept. */
    case when audit = 'ssot.column_audit'::regclass then ' or a.statement is null and a.seen <> ''by text''' else '' end)
  into answer using relation, col;
  return answer;
end
$$;

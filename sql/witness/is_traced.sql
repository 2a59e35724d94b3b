-- Whether this transaction's writes to a column are traced already: then its WARNING was given, too.
create or replace function ssot.is_traced(relation text, col text) returns boolean
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  traced_in constant text := (select d.traced_in from ssot.deprecated_column as d
                              where d.relation = is_traced.relation and d.column_name = is_traced.col);
begin
  return coalesce(pg_xact_status(currval(traced_in)::text::xid8) = 'in progress', false);
exception when object_not_in_prerequisite_state then
  return false;  /* never in this session */
end
$$;

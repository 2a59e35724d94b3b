-- A copy of the witness under another name, for a migration that promises that name.
create or replace function ssot.copy_see_write(function_name text) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  execute replace(pg_get_functiondef('ssot.see_write()'::regprocedure), 'FUNCTION ssot.see_write()', format('FUNCTION %s()', function_name));
  perform ssot.close_function(format('%s()', function_name)::regprocedure);
end
$$;

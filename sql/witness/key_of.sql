-- The key of a row as JSON: its columns' values as texts, written the same way whatever the session is set to. Null where the table has none.
create or replace function ssot.key_of(of_row record, row_key text[]) returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp
set timezone = 'UTC' set datestyle = 'ISO, YMD' set intervalstyle = 'postgres' set extra_float_digits = '1' set bytea_output = 'hex' as $$
declare
  answer jsonb;
begin
  if row_key is null then return null; end if;
  execute format('select jsonb_build_object(%s)', ssot.listed('%1$L, ($1).%1$I::text', row_key)) into answer using of_row;
  return answer;
end
$$;

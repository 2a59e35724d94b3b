-- Copies of the witness, which migrations promise under other names, follow it when the engine is replaced.
do $$
declare
  copy text;
begin
  for copy in select distinct d.function_name from ssot.deprecated_column as d where d.function_name <> 'ssot.see_write' loop
    if to_regprocedure(copy || '()') is not null then perform ssot.copy_see_write(copy); end if;
  end loop;
end
$$;

create or replace procedure ssot.map_loose_numbers(commits boolean)
language plpgsql as $$
begin
  perform ssot.map_loose_contacts();
  if commits then commit; end if;
  perform ssot.map_loose_calls();
  if commits then commit; end if;
end
$$;

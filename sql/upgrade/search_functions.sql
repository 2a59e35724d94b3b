-- Where the search is installed, its functions are replaced as well.
do $$
begin
  if exists (select from ssot.ledger as l where l.name = '20260209000500_search_indexes') then
    perform ssot.make_search_grams(), ssot.make_search_places(), ssot.make_search_find_calls(), ssot.open_search();
  end if;
end
$$;

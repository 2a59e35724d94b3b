-- Whoever may read the view may search; never anon, never everybody, whatever default privileges gave.
create or replace function ssot.open_search() returns void
language plpgsql as $$
declare
  f regprocedure;
  reader text;
begin
  for f in select p.oid from pg_catalog.pg_proc as p
           where p.pronamespace = 'ssot_search'::regnamespace and p.proname in ('places', 'find_calls') loop
    perform ssot.close_function(f);
  end loop;
  for reader in
    select distinct quote_ident(g ->> 'grantee')
    from jsonb_array_elements(ssot.grants_of('public.calls_with_caller_names')) as g
    where g ->> 'privilege' = 'SELECT' and g ->> 'column' is null and g ->> 'grantee' is not null and g ->> 'grantee' <> 'anon'
  loop
    execute format('grant usage on schema ssot_search to %s', reader);
    execute format('grant execute on function ssot_search.places(uuid, text, text), ssot_search.find_calls(uuid, text, integer, bigint, text, timestamptz, timestamptz) to %s', reader);
  end loop;
end
$$;

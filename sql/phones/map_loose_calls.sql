-- The same for calls.
create or replace function ssot.map_loose_calls() returns void
language plpgsql set enable_nestloop = off set enable_mergejoin = off as $$
begin
  execute format(
    'insert into ssot.phone_map (raw, country, e164)
     select x.raw, x.country, ssot.e164(x.raw, x.country)
     from (
       select distinct c.number as raw, o.country
       from %s as c join ssot.org_country as o on o.org_id = c.org_id
       where not ssot.is_e164(c.number) and length(c.number) <= 100
     ) as x
     on conflict do nothing', ssot.calls_with_number());
end
$$;

-- Remembers every loose spelling of contacts once, with its reading where SQL is sure of one. A text longer than any number is
-- left out: it cannot be read, and would not fit into the index.
create or replace function ssot.map_loose_contacts() returns void
language plpgsql set enable_nestloop = off set enable_mergejoin = off as $$
begin
  insert into ssot.phone_map (raw, country, e164)
  select x.raw, x.country, ssot.e164(x.raw, x.country)
  from (
    select distinct k.phone as raw, o.country
    from public.contacts as k join ssot.org_country as o on o.org_id = k.org_id
    where not ssot.is_e164(k.phone) and length(k.phone) <= 100
  ) as x
  on conflict do nothing;
end
$$;

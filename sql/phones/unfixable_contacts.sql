-- Contacts whose number is neither E.164 nor readable.
create or replace function ssot.unfixable_contacts() returns table (id uuid, org_id uuid)
language plpgsql stable set enable_nestloop = off set enable_mergejoin = off as $$
begin
  return query
    select k.id, k.org_id
    from public.contacts as k
    left join ssot.org_country as o on o.org_id = k.org_id
    left join ssot.phone_map as m on m.raw = k.phone and m.country = o.country
    where ssot.is_e164(k.phone) is not true and m.e164 is null;
end
$$;

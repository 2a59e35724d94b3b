-- A contact without a number needs none, if a name or an e-mail address tells who it is.
-- Contacts whose number is neither E.164 nor readable, or withheld like that of another contact, which the unique index lets have it:
-- nobody can tell whether the two are one person.
create or replace function ssot.unfixable_contacts() returns table (id uuid, org_id uuid)
language plpgsql stable set enable_nestloop = off set enable_mergejoin = off as $$
begin
  return query execute format(
    'select k.id, k.org_id
     from public.contacts as k
     left join ssot.org_country as o on o.org_id = k.org_id
     left join ssot.phone_map as m on m.raw = k.phone and m.country = o.country
     where ssot.is_e164(k.phone) is not true and m.e164 is null
       and (k.phone is not null or ssot.is_placeholder(k.name) and ssot.is_placeholder(k.email))
     union all
     select w.id, w.org_id
     from (select k.id, k.org_id, row_number() over (partition by k.org_id, k.phone order by %s) as place
           from public.contacts as k where k.phone = any (ssot.keypad_numbers())) as w
     where w.place > 1', ssot.contact_order('k'));
end
$$;

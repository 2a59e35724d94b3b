-- Whether contacts arrived, since the others got their number, whose number somebody has in another spelling.
create or replace function ssot.has_late_twins() returns boolean
language plpgsql stable set enable_nestloop = off set enable_mergejoin = off as $$
begin
  return exists (
    select from (
      select k.org_id, m.e164
      from (select k.org_id, k.phone, o.country from public.contacts as k
            join (table ssot.org_country offset 0) as o on o.org_id = k.org_id offset 0) as k
      join ssot.phone_map as m on m.raw = k.phone and m.country = k.country and m.e164 <> k.phone
      offset 0
    ) as late
    join public.contacts as other on other.org_id = late.org_id and other.phone = late.e164);
end
$$;

-- Raises SS001 where a contact's number cannot be read, unless such contacts are to be set aside ("quarantine").
create or replace function ssot.refuse_unfixable_phones(on_unfixable_phone text) returns void
language plpgsql as $$
declare
  n bigint;
  ids text;
begin
  if on_unfixable_phone = 'quarantine' then return; end if;
  select count(*), string_agg(f.id::text, ', ' order by f.id) filter (where f.place <= 20) into n, ids
  from (select u.id, row_number() over (order by u.id) as place from ssot.unfixable_contacts() as u) as f;
  if n > 0 then
    raise exception '% contacts have a number that cannot be read: %', n, ids || case when n > 20 then ' …' else '' end
      using errcode = 'SS001', hint = 'Correct contacts.phone of these rows, or run again with --on-unfixable-phone quarantine.';
  end if;
end
$$;

-- Removes what was set aside of contacts whose organisation is gone. Such a contact has no row of its own any more, but
-- its organisation's delete also deletes from contacts, and so comes by here. Without that reference nothing is certain.
create or replace function ssot.erase_orphans() returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  orphans uuid[];
begin
  if not exists (select from pg_catalog.pg_constraint as k
                 where k.contype = 'f' and k.conrelid = to_regclass('public.contacts') and k.confrelid = to_regclass('public.organizations')) then
    return;
  end if;
  select array_agg(q.id) into orphans from ssot.contact_quarantine as q
  where not exists (select from public.organizations as o where o.id = q.org_id);
  if orphans is not null then perform ssot.erase('public.contacts', orphans, '{}'); end if;
  delete from ssot.unrestored as u
  where u.image is not null and u.relation = 'public.contacts'
    and not exists (select from public.organizations as o where o.id = (u.image ->> 'org_id')::uuid);
end
$$;

-- Deletes contacts that are locked, without erasing what is kept of them.
create or replace function ssot.delete_contacts(ids uuid[]) returns void
language plpgsql as $$
begin
  insert into ssot.own_delete (id) select d.id from unnest(ids) as d(id);
  delete from public.contacts as k where k.id = any (ids);
  perform ssot.refuse_unwritten('public.contacts', (select count(*) from public.contacts as k where k.id = any (ids)), 'DELETE');
  delete from ssot.own_delete as o where o.id = any (ids);
end
$$;

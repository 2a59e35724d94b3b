-- Deletes contacts that are locked, without erasing what is kept of them.
create or replace function ssot.delete_contacts(ids uuid[], path text) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  insert into ssot.own_delete (id) select d.id from unnest(ids) as d(id);
  delete from public.contacts as k using pg_catalog.set_config('search_path', delete_contacts.path, true) as opened(path)
  where opened.path is not null and k.id = any (ids);
  perform pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
  perform ssot.refuse_unwritten('public.contacts', (select count(*) from public.contacts as k where k.id = any (ids)), 'DELETE');
  delete from ssot.own_delete as o where o.id = any (ids);
end
$$;

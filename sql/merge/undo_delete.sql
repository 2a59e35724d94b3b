-- Puts a merged or quarantined contact back, as it was; one that cannot be is kept in ssot.unrestored.
create or replace function ssot.undo_delete(migration text, j ssot.journal, path text) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  what text := case j.kind when 'quarantine' then 'contactsQuarantined' else 'contactsMerged' end;
  image jsonb := j.image;
  n bigint;
begin
  if j.kind = 'quarantine' then
    delete from ssot.contact_quarantine where id = (j.key ->> 'id')::uuid returning contact_quarantine.image into image;
    if image is null then return; end if;  /* its organisation or person was deleted meanwhile */
  end if;
  begin
    execute (
      select format('insert into public.contacts (%s) overriding system value
                     select %s from pg_catalog.set_config(''search_path'', $2, true) as opened(path)',
        string_agg(format('%I', a.attname), ', ' order by a.attnum),
        string_agg(format('($1 ->> %L)::%s', a.attname, format_type(a.atttypid, a.atttypmod)), ', ' order by a.attnum))
      from pg_catalog.pg_attribute as a
      where a.attrelid = 'public.contacts'::regclass and a.attname = any (ssot.contact_columns()) and image ? a.attname)
    using image, path;
    get diagnostics n = row_count;
    perform pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
    perform ssot.refuse_unwritten('public.contacts', 1 - n, 'INSERT');
    perform ssot.unstamp_contact(migration, (j.key ->> 'id')::uuid, image, path);
    perform ssot.add_tally(migration, what, 1, 'restored');
  exception when integrity_constraint_violation then
    insert into ssot.unrestored (relation, row_key, image, reason) values (j.relation, j.key, image, sqlerrm);
    perform ssot.add_tally(migration, what, 1, 'kept');
  end;
end
$$;

-- Puts right what a BEFORE INSERT trigger stamped on a contact that came back. What an UPDATE does not put right, either, is kept in
-- ssot.unrestored; save a moment, which the trigger owns (updated_at).
create or replace function ssot.unstamp_contact(migration text, contact uuid, image jsonb, path text) returns void
language plpgsql as $$
declare
  present jsonb;
  stamped jsonb;
  c name;
begin
  execute format('select %s from public.contacts as k where k.id = $1', ssot.row_as_text('k', ssot.contact_columns())) into present using contact;
  select jsonb_object_agg(e.key, e.value) into stamped from jsonb_each(image) as e where present -> e.key <> e.value;
  if stamped is null then return; end if;
  present := ssot.set_contact(contact, stamped, path);
  for c in
    select a.attname from pg_catalog.pg_attribute as a join pg_catalog.pg_type as t on t.oid = a.atttypid
    where a.attrelid = 'public.contacts'::regclass and t.typcategory <> 'D' and present -> a.attname <> stamped -> a.attname
  loop
    insert into ssot.unrestored (relation, row_key, column_name, original, reason)
    values ('public.contacts', jsonb_build_object('id', contact), c, image ->> c, 'a trigger writes another value');
    perform ssot.add_tally(migration, 'contactValues', 1, 'kept');
  end loop;
end
$$;

create or replace procedure ssot.normalise_contact_phones(migration text, commits boolean)
language plpgsql as $$
declare
  t ssot.task := ssot.begin_task('contacts.phone', migration, 'public.contacts', 'phone', 'phonesNormalised');
  n bigint;
begin
  insert into ssot.journal (task, seq, id, old, new)
  select t.task, t.planned + row_number() over (order by k.id), k.id, k.phone, m.e164
  from public.contacts as k
  join (table ssot.org_country offset 0) as o on o.org_id = k.org_id
  join ssot.phone_map as m on m.raw = k.phone and m.country = o.country and m.e164 <> k.phone;
  get diagnostics n = row_count;
  update ssot.task as x set planned = t.planned + n where x.task = t.task;
  if commits then commit; end if;
  call ssot.apply_journal(t.task, commits);
  /* All others have their number now, so that few can meet the same again. */
  if exists (
    select from public.contacts as k
    join (table ssot.org_country offset 0) as o on o.org_id = k.org_id
    join ssot.phone_map as m on m.raw = k.phone and m.country = o.country and m.e164 <> k.phone
    join public.contacts as other on other.org_id = k.org_id and other.phone = m.e164
  ) then
    raise exception 'contacts arrived whose number others have in another spelling'
      using errcode = 'unique_violation', hint = 'Run again: they are merged then.';
  end if;
end
$$;

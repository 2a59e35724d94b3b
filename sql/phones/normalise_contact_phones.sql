create or replace procedure ssot.normalise_contact_phones(migration text, commits boolean)
language plpgsql as $$
declare
  t ssot.task := ssot.begin_task('contacts.phone', migration, 'public.contacts', 'phone', 'phonesNormalised');
begin
  perform ssot.plan_journal(t,
    'select k.id as place, k.id, k.phone as old, m.e164 as new, null::boolean as rescued
     from (select k.id, k.phone, o.country from public.contacts as k
           join (table ssot.org_country offset 0) as o on o.org_id = k.org_id offset 0) as k
     join ssot.phone_map as m on m.raw = k.phone and m.country = k.country and m.e164 <> k.phone');
  if commits then commit; end if;
  call ssot.apply_journal(t.task, commits);
  /* All others have their number now, so that few can meet the same again. */
  if ssot.has_late_twins() then
    raise exception 'contacts arrived whose number others have in another spelling'
      using errcode = 'unique_violation', hint = 'Run again: they are merged then.';
  end if;
end
$$;

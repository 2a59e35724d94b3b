-- A placeholder gives way to the newest real name that an inbound call of the contact caught, else to the number,
-- and where there is none to the e-mail address.
-- Who calls with a withheld number is not the contact that has it.
create or replace procedure ssot.replace_placeholder_names(migration text, commits boolean)
language plpgsql as $$
declare
  t ssot.task := ssot.begin_task('contacts.name', migration, 'public.contacts', 'name', 'namesReplaced');
begin
  perform ssot.plan_journal(t,
    'select k.id as place, k.id, k.name as old, coalesce(r.caller_name, k.phone, btrim(k.email)) as new, r.caller_name is not null as rescued
     from public.contacts as k
     left join (
       select distinct on (c.contact_id) c.contact_id, btrim(c.caller_name) as caller_name
       from (
         select c.contact_id, c.caller_name, c.created_at, c.id
         from (select p.id, p.org_id from public.contacts as p
               where ssot.is_placeholder(p.name) and (p.phone is null or not ssot.is_withheld(p.phone)) offset 0) as p
         join public.calls as c on c.contact_id = p.id and c.org_id = p.org_id
         where c.call_direction = ''inbound'' and c.caller_name is not null offset 0
       ) as c
       where not ssot.is_placeholder(c.caller_name)
       order by c.contact_id, c.created_at desc, c.id desc
     ) as r on r.contact_id = k.id
     where ssot.is_placeholder(k.name) and k.name collate "C" is distinct from coalesce(r.caller_name, k.phone, btrim(k.email))');
  if commits then commit; end if;
  call ssot.apply_journal(t.task, commits);
  perform ssot.set_tally(migration, 'namesRescued', (select count(*) from ssot.journal as j where j.task = t.task and j.rescued));
  if commits then commit; end if;
end
$$;

-- Whether the plan that this session made last may miss a link: a call without a contact, a contact or an organisation was written since, or
-- rows left the plan, whose contact had been deleted. Told by who wrote a row, which one look at each tells; a plan anew costs ten times as much.
create or replace function ssot.links_are_old() returns boolean
language plpgsql set enable_indexscan = off as $$
declare
  planned_at constant xid := nullif(current_setting('ssot.links_planned_at', true), '')::xid;
begin
  /* A frozen row is as old as can be. */
  return planned_at is null
    or (select t.planned from ssot.task as t where t.task = 'calls.contact_id')
       is distinct from (select count(*) from ssot.journal as j where j.task = 'calls.contact_id')
    or exists (select from public.calls as c where c.contact_id is null and age(c.xmin) <= age(planned_at))
    or exists (select from public.contacts as k where age(k.xmin) <= age(planned_at))
    or exists (select from public.organizations as o where age(o.xmin) <= age(planned_at));
end
$$;

-- Plans the links of all calls that have none: journal rows, in the order of ssot.turn.
create or replace function ssot.plan_links(migration text) returns bigint
language plpgsql set enable_nestloop = off set enable_mergejoin = off as $$
declare
  t ssot.task := ssot.begin_task('calls.contact_id', migration, 'public.calls', 'contact_id', 'callsLinked');
  n bigint;
begin
  /* What is written from here on may be missing in the plan: ssot.links_are_old. */
  perform set_config('ssot.links_planned_at', pg_snapshot_xmin(pg_current_snapshot())::xid::text, false);
  truncate ssot.contact_number;
  execute format(
    'insert into ssot.contact_number (org_id, number, contact_id)
     select distinct on (k.number, k.org_id) k.org_id, k.number, k.id
     from (
       select c.org_id, c.id, c.created_at, %s as dead, coalesce(m.e164, c.phone) collate "C" as number
       from public.contacts as c
       join (table ssot.org_country offset 0) as o on o.org_id = c.org_id
       left join ssot.phone_map as m on m.raw = c.phone and m.country = o.country
     ) as k
     where ssot.is_e164(k.number) and not ssot.is_withheld(k.number)
     order by k.number, k.org_id, k.dead, k.created_at, k.id', ssot.is_dead('c'));
  analyze ssot.contact_number;
  n := ssot.plan_journal(t, format(
    'select ssot.turn(c.lies_at, %s) as place, c.id, null as old, w.contact_id::text as new, null::boolean as rescued
     from (select c.id, c.org_id, c.lies_at, coalesce(m.e164, c.number) as number
           from %s as c
           join (table ssot.org_country offset 0) as o on o.org_id = c.org_id
           left join ssot.phone_map as m on m.raw = c.number and m.country = o.country
           where c.contact_id is null offset 0) as c
     join ssot.contact_number as w on w.org_id = c.org_id and w.number = c.number', ssot.stretch_pages('public.calls'), ssot.calls_with_number()));
  /* Numbers of people: no longer here than they are of use. */
  truncate ssot.contact_number;
  return n;
end
$$;

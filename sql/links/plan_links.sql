-- Plans the links of all calls that have none: journal rows, in the order of ssot.turn.
create or replace function ssot.plan_links(migration text) returns bigint
language plpgsql as $$
declare
  t ssot.task := ssot.begin_task('calls.contact_id', migration, 'public.calls', 'contact_id', 'callsLinked');
  n bigint;
begin
  truncate ssot.contact_number;
  insert into ssot.contact_number (org_id, number, contact_id)
  select distinct on (k.org_id, k.number) k.org_id, k.number, k.id
  from (
    select c.org_id, c.id, c.created_at, coalesce(m.e164, c.phone) as number
    from public.contacts as c
    join (table ssot.org_country offset 0) as o on o.org_id = c.org_id
    left join ssot.phone_map as m on m.raw = c.phone and m.country = o.country
  ) as k
  where ssot.is_e164(k.number)
  order by k.org_id, k.number, k.created_at, k.id;
  analyze ssot.contact_number;
  execute format(
    'insert into ssot.journal (task, seq, id, new)
     select %L, $1 + row_number() over (order by ssot.turn(c.place, $2)), c.id, w.contact_id
     from %s as c
     join (table ssot.org_country offset 0) as o on o.org_id = c.org_id
     left join ssot.phone_map as m on m.raw = c.number and m.country = o.country
     join ssot.contact_number as w on w.org_id = c.org_id and w.number = coalesce(m.e164, c.number)
     where c.contact_id is null', t.task, ssot.calls_with_number())
  using t.planned, ssot.stretch_pages('public.calls');
  get diagnostics n = row_count;
  update ssot.task as x set planned = t.planned + n where x.task = t.task;
  /* Numbers of people: no longer here than they are of use. */
  truncate ssot.contact_number;
  perform ssot.index_journal(t.task);
  return n;
end
$$;

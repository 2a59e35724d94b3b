-- Plans the merge: contacts of one organisation with one number, into the one that counts. A withheld number makes nobody one person.
create or replace function ssot.plan_merges(migration text) returns bigint
language plpgsql set enable_nestloop = off set enable_mergejoin = off as $$
declare
  t ssot.task := ssot.begin_task('merge', migration, 'public.contacts', null, 'contactsMerged');
  n bigint;
begin
  execute format(
    'insert into ssot.merge_plan (seq, duplicate, duplicate_phone, survivor, survivor_phone)
     select $1 + row_number() over (order by g.survivor, g.created_at desc, g.id desc), g.id, g.phone, g.survivor, g.survivor_phone
     from (
       select k.id, k.phone, k.created_at,
              first_value(k.id) over same as survivor, first_value(k.phone) over same as survivor_phone,
              row_number() over same as place
       from (select c.id, c.org_id, c.phone, c.created_at, %1$s as dead, coalesce(m.e164, c.phone) collate "C" as number
             from public.contacts as c
             join (table ssot.org_country offset 0) as o on o.org_id = c.org_id
             left join ssot.phone_map as m on m.raw = c.phone and m.country = o.country
             where m.raw is null or m.e164 is not null) as k
       where not ssot.is_withheld(k.number)
       window same as (partition by k.number, k.org_id order by k.dead, k.created_at, k.id)
     ) as g
     where g.place > 1', ssot.is_dead('c'))
  using t.planned;
  get diagnostics n = row_count;
  update ssot.task as x set planned = t.planned + n where x.task = t.task;
  return n;
end
$$;

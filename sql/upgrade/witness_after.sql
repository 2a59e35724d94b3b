-- After the engine was replaced: entries that were as they were sworn in are recorded anew, as they are now; what had been touched before
-- stays a reason not to drop, and says so. An upgrade neither restarts the month nor hides tampering.
do $$
declare
  m text;
begin
  for m in select distinct b.migration from ssot.witness_before as b order by 1 loop
    delete from ssot.witness as s
    where s.migration = m
      and exists (select from ssot.witness_before as b where b.migration = m and b.kind = s.kind and b.name = s.name and b.problem is null);
    insert into ssot.witness (migration, kind, name, object_id, changed_in)
    select m, l.kind, l.name, l.object_id, l.changed_in from ssot.live_witness(m) as l
    on conflict (migration, kind, name) do nothing;
    update ssot.witness as s set touched_before = b.problem, object_id = coalesce(l.object_id, s.object_id), changed_in = coalesce(l.changed_in, s.changed_in)
    from ssot.witness_before as b left join ssot.live_witness(m) as l on l.kind = b.kind and l.name = b.name
    where s.migration = m and b.migration = m and b.kind = s.kind and b.name = s.name and b.problem is not null;
  end loop;
end
$$;
drop table ssot.witness_before;

-- How the witness is before the engine is replaced, entry by entry: null, it is as it was sworn in. Gone at the end of the upgrade.
create table ssot.witness_before (migration text not null, kind text not null, name text not null, problem text, primary key (migration, kind, name));

do $$
begin
  if (select e.version from ssot.engine as e) = 1 and to_regprocedure('ssot.live_witness()') is not null then
    execute $first$
      insert into ssot.witness_before (migration, kind, name, problem)
      select '20260209000400_mark_deprecated', s.kind, s.name,
             case when l.object_id is null then 'was missing when the engine was upgraded' when not l.awake then 'was disabled when the engine was upgraded'
                  when l.object_id <> s.object_id or l.changed_in <> s.changed_in then 'had been changed when the engine was upgraded' end
      from ssot.witness as s left join ssot.live_witness() as l on l.kind = s.kind and l.name = s.name
    $first$;
  elsif (select e.version from ssot.engine as e) > 1 then
    execute $later$
      insert into ssot.witness_before (migration, kind, name, problem)
      select s.migration, s.kind, s.name,
             case when s.touched_before is not null then s.touched_before
                  when p.name is not null then 'was not as it was sworn in when the engine was upgraded: it ' || p.problem end
      from (select distinct x.migration from ssot.witness as x) as m
      join ssot.witness as s on s.migration = m.migration
      left join lateral ssot.witness_problems(m.migration) as p on p.kind = s.kind and p.name = s.name
    $later$;
  end if;
end
$$;

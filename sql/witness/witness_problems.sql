-- What about a witness is not as it was when it was sworn in; no row: nothing. A database whose witness was never sworn in says so.
create or replace function ssot.witness_problems(migration text default '20260209000400_mark_deprecated')
returns table (kind text, name text, problem text)
language sql stable set search_path = pg_catalog, pg_temp as $$
  select s.kind, s.name,
         case when l.object_id is null then 'is missing' when not l.awake then 'is disabled'
              when s.touched_before is not null then s.touched_before
              else format('is not the one that %s made, or was changed since', ssot.migration_title(witness_problems.migration)) end
  from ssot.witness as s
  left join ssot.live_witness(witness_problems.migration) as l on l.kind = s.kind and l.name = s.name
  where s.migration = witness_problems.migration
    and (l.object_id is null or not l.awake or l.object_id <> s.object_id or l.changed_in <> s.changed_in or s.touched_before is not null)
  union all
  select 'witness', '', 'is not recorded'
  where not exists (select from ssot.witness as s where s.migration = witness_problems.migration)
  order by 1, 2;
$$;

-- Who reads the columns of a deprecation: what was kept, and what the counters say, by ssot.reader_looks. "weight" says what it means for the
-- gate: reason; told (whole rows, which go on without the columns, and keys of JSON, which nobody can see; a reason where
-- {"reads": "require"} asks for it); excused (a role of ssot.excused_role, or of {"allow": {"<role>": "<day>"}}); past (not in the quiet
-- time). What only writes is known by the witness.
create or replace function ssot.phase3_readers(migration text default '20260209000400_mark_deprecated', verdicts jsonb default '{}')
returns table (source text, role_name text, columns text[], how text, certainty text, through text, shape text, calls bigint,
               first_seen timestamptz, last_seen timestamptz, seen_after timestamptz, weight text)
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  quiet_from constant timestamptz := (select now() - max(d.quiet) from ssot.deprecated_column as d where d.migration = phase3_readers.migration);
  looks constant jsonb := ssot.reader_looks(phase3_readers.migration, verdicts);
begin
  return query
    select r.source, r.role_name, r.columns, r.how, r.certainty, r.through, r.shape, r.calls, r.first_seen, r.last_seen, r.seen_after,
           case when r.last_seen is null or r.last_seen < quiet_from then 'past'
                when r.how = 'view' and not coalesce(looks -> '' -> 'views' ? r.through, false) then 'past'
                when ssot.is_excused(phase3_readers.migration, r.role_name, verdicts) then 'excused'
                when r.how in ('select *', 'dynamic') and verdicts ->> 'reads' is distinct from 'require' then 'told'
                else 'reason' end
    from (
      select s.* from jsonb_each(looks) as l cross join lateral ssot.reader_state(phase3_readers.migration, l.key, l.value, verdicts) as s
      union all
      select k.* from ssot.reader as k where k.migration = phase3_readers.migration and not looks ? k.source
    ) as r
    where r.how not in ('nothing', 'writes')
    order by r.last_seen desc nulls last, r.calls desc, r.source, r.role_name, r.fingerprint;
end
$$;

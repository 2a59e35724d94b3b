-- What the evidence about readers does not cover of the quiet time of a deprecation, by source; no row: all of it.
create or replace function ssot.unobserved_reads(migration text default '20260209000400_mark_deprecated', verdicts jsonb default '{}')
returns table (source text, message text)
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  quiet_from constant timestamptz := (select now() - max(d.quiet) from ssot.deprecated_column as d where d.migration = unobserved_reads.migration);
  looks constant jsonb := ssot.reader_looks(unobserved_reads.migration, verdicts);
  standbys integer;
begin
  return query
    with looked as (
      select l.key as source, now() as read_at, d.system_id, d.timeline, d.counted_from, d.evicted, d.hidden, d.problem, d.gaps,
             ssot.lost_statements(unobserved_reads.migration, l.key, l.value) as lost, true as live
      from jsonb_each(looks) as l
      cross join lateral jsonb_to_record(l.value) as d(system_id text, timeline integer, counted_from timestamptz, evicted bigint, hidden integer, problem text, gaps text[])
      union all
      select s.source, s.read_at, s.system_id, s.timeline, s.counted_from, s.evicted, s.hidden, s.problem, s.gaps, s.lost, false
      from ssot.reader_sample as s where s.migration = unobserved_reads.migration and s.read_at < now()
    ), chain as (
      select k.*, lag(k.read_at) over w as since, row_number() over w = 1 as is_first,
             (k.system_id, k.timeline) is not distinct from (lag(k.system_id) over w, lag(k.timeline) over w) as same_server,
             k.counted_from = lag(k.counted_from) over w as goes_on, lag(k.evicted) over w as evicted_before
      from looked as k where k.problem is null
      window w as (partition by k.source order by k.read_at)
    ), told as (
      select k.source, k.read_at, k.problem as message from looked as k where k.live and k.problem is not null
      union all
      select k.source, k.read_at, g.gap from looked as k cross join unnest(k.gaps) as g(gap) where k.live
      union all
      select k.source, k.read_at, format('%s statements cannot be seen by role %s (pg_read_all_stats)', k.hidden, current_user) from looked as k where k.live and k.hidden > 0
      union all
      select k.source, k.read_at, format('the texts of %s statements could not be seen on %s', k.hidden, to_char(k.read_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI'))
      from looked as k where not k.live and k.hidden > 0 and k.read_at > quiet_from
      union all
      select k.source, k.read_at, format('nothing was counted before %s', to_char(k.counted_from at time zone 'UTC', 'YYYY-MM-DD HH24:MI'))
      from chain as k where k.is_first and k.read_at > quiet_from and k.counted_from > quiet_from
      union all
      select k.source, k.read_at, format('statements were given up for lack of room %s times before the first look', k.evicted)
      from chain as k where k.is_first and k.read_at > quiet_from and k.evicted > 0
      union all
      select k.source, k.read_at,
             case when not k.same_server then 'another server took over' when not k.goes_on then 'the counters were reset'
                  when k.lost > 0 then format('%s known statements were taken out of the counters', k.lost)
                  else format('statements were given up for lack of room %s times', k.evicted - k.evicted_before) end
             || format(' between %s and %s', to_char(k.since at time zone 'UTC', 'YYYY-MM-DD HH24:MI'), to_char(k.read_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI'))
      from chain as k
      where not k.is_first and k.read_at > quiet_from
        and (not k.same_server or not k.goes_on or k.evicted > k.evicted_before or k.lost > 0)
      union all
      select k.source, max(k.read_at), format('not asked since %s', to_char(max(k.read_at) at time zone 'UTC', 'YYYY-MM-DD HH24:MI'))
      from looked as k group by k.source having not bool_or(k.live)
    )
    select t.source, t.message from told as t order by t.source, t.read_at, t.message;
  standbys := (
    select count(*) from pg_catalog.pg_stat_replication as r
    where coalesce(r.state, '') <> 'backup'
      and not exists (select from pg_catalog.pg_replication_slots as s where s.active_pid = r.pid and s.slot_type = 'logical'));
  return query
    select '', format('%s standbys stream from this server, %s are asked (--replica)', standbys, x.asked)
    from (select count(distinct k.source) as asked
          from (select jsonb_object_keys(looks) as source
                union all select s.source from ssot.reader_sample as s where s.migration = unobserved_reads.migration and s.read_at > quiet_from) as k
          where k.source <> '') as x
    where standbys > x.asked;
end
$$;

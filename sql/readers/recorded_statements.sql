-- What pg_stat_statements of this server has counted of the statements that may touch the columns of a deprecation, each with its verdict:
-- the one that the grammar gave before, as long as what it stands on is the same, else by its words; and what the counters stand on.
-- With texts: also the text of each that the grammar has not read. Reads only, a standby too.
create or replace function ssot.recorded_statements(migration text, texts boolean default false) returns jsonb
language plpgsql stable set search_path = pg_catalog, pg_temp set enable_nestloop = off as $$
declare
  about record;
  around record;
  views text[] := '{}';
  stats regclass;
  info regclass;
  found jsonb;
  problem text;
  gaps text[] := '{}';
  system_id text;
  timeline integer;
  under text;
  names text;
  marks text;
begin
  select x.* into about from ssot.deprecation(recorded_statements.migration) as x;
  select x.* into around from ssot.row_sources(recorded_statements.migration) as x;
  /* By the extension, not by name: its schema may be somebody else's. */
  select max(c.oid) filter (where c.relname = 'pg_stat_statements'), max(c.oid) filter (where c.relname = 'pg_stat_statements_info') into stats, info
  from pg_catalog.pg_extension as e
  join pg_catalog.pg_depend as d on d.refclassid = 'pg_catalog.pg_extension'::regclass and d.refobjid = e.oid and d.deptype = 'e'
  join pg_catalog.pg_class as c on d.classid = 'pg_catalog.pg_class'::regclass and c.oid = d.objid
  where e.extname = 'pg_stat_statements';
  /* Asked where somebody may read through one. */
  if stats is not null or exists (select from ssot.reader as r where r.migration = recorded_statements.migration and r.how = 'view') then
    views := ssot.reading_views(recorded_statements.migration);
  end if;
  under := md5(concat_ws(chr(31), about.columns, around.relations, around.functions, views));
  begin
    system_id := (select c.system_identifier::text from pg_control_system() as c);
    timeline := (select c.timeline_id from pg_control_checkpoint() as c);
  exception when insufficient_privilege then null;
  end;
  names := ssot.column_pattern(around.relations || around.functions || array(select substring(v from '[^.]+$') from unnest(views) as v));
  marks := ssot.column_pattern(about.columns || array(select substring(v from '[^.]+$') from unnest(views) as v)) || '|[*]|->|#>|json|hstore|copy |table ';
  if stats is null then problem := 'pg_stat_statements is not installed';
  elsif info is null then problem := 'pg_stat_statements is of an older version (alter extension pg_stat_statements update)';
  else
    begin
      execute format($counted$
        with d as (select oid from pg_catalog.pg_database where datname = current_database()),
        told as materialized (
          select s.userid, s.queryid, s.calls, s.total_exec_time as spent, %3$s as entry_since, s.query, ssot.statement_shape(s.query) as shape
          from %1$s as s
          where s.dbid = (select d.oid from d) and s.toplevel and s.query ~* $1 and s.query ~* $2
        ), reading as materialized (
          select t.*, ssot.statement_fingerprint(t.shape) as fingerprint, coalesce(r.rolname, format('role %%s, which was dropped', t.userid)) as role_name
          from told as t left join pg_catalog.pg_roles as r on r.oid = t.userid
          where (t.shape ~* '^[ (]*(select|with|values|table|copy|declare|prepare|insert|update|delete|merge|do)[[:>:]]'
                 or t.shape ~* '^create ([[:alnum:]_]+ )*table (if not exists )?[^[:space:]]+( ?[(][^()]*[)])? ((using|tablespace) [^[:space:]]+ |with ?[(][^()]*[)] |on commit [[:alnum:]_]+( rows)? )*as[[:>:]]' or t.shape ~* '^explain ([(][^)]*[[:<:]]analy[sz]e[[:>:]]|analy[sz]e[[:>:]])')
            and not case when t.shape ~* '^(copy|declare) ' then ssot.is_dump(t.shape, $3) else false end
        ), statements as (
          select x.fingerprint, x.role_name, min(x.shape) as shape, max(x.query) as query, sum(x.calls)::bigint as calls, max(x.entry_since) as entry_since,
                 jsonb_object_agg(coalesce(x.queryid, 0)::text, jsonb_build_array(x.calls, x.spent)) as counters
          from reading as x
          where not exists (select from ssot.own_statement as o where o.fingerprint = x.fingerprint)
          group by x.fingerprint, x.role_name
        ), judged as materialized (
          select distinct on (r.fingerprint) r.fingerprint, r.how, r.columns, r.certainty, r.through
          from ssot.reader as r where r.migration = $4 and r.judged_under = $5 order by r.fingerprint
        )
        select jsonb_build_object(
          'counted_from', (select i.stats_reset from %2$s as i), 'evicted', (select i.dealloc from %2$s as i),
          'seen', (select count(*) from %1$s),
          'hidden', (select count(*) from %1$s as s where s.dbid = (select d.oid from d) and coalesce(s.query, '') in ('', '<insufficient privilege>')),
          'statements', coalesce((
            select jsonb_agg(jsonb_build_object(
              'fingerprint', s.fingerprint, 'role_name', s.role_name, 'shape', s.shape, 'calls', s.calls, 'entry_since', s.entry_since, 'counters', s.counters,
              'how', coalesce(j.how, w.how), 'columns', coalesce(j.columns, w.named), 'through', case when j.how is null then w.through else j.through end,
              'certainty', coalesce(j.certainty, 'text'), 'judged_under', case when j.how is not null then $5 end,
              'query', case when $6 and j.how is null then s.query end) order by s.calls desc, s.fingerprint, s.role_name)
            from statements as s left join judged as j on j.fingerprint = s.fingerprint
            left join lateral (select w.* from ssot.judge_by_words(s.shape, $7, $8) as w where j.how is null) as w on true), '[]'))
        $counted$, stats, info,
        case when exists (select from pg_catalog.pg_attribute as a where a.attrelid = stats and a.attname = 'stats_since') then 's.stats_since' else 'null::timestamptz' end)
      into found
      using names, marks, about.parts || about.view_oid, recorded_statements.migration, under, texts, about.columns, views;
    exception
      when object_not_in_prerequisite_state then problem := 'pg_stat_statements cannot be read (is it preloaded?)';
      when insufficient_privilege then problem := format('role %s may not read pg_stat_statements', current_user);
    end;
    gaps := array_remove(array[
      case when current_setting('pg_stat_statements.track', true) = 'none' then 'pg_stat_statements.track is none: nothing is counted' end,
      case when current_setting('compute_query_id', true) = 'off' then 'compute_query_id is off: nothing is counted' end,
      case when current_setting('pg_stat_statements.track_utility', true) = 'off'
           then 'pg_stat_statements.track_utility is off: COPY, cursors and CREATE TABLE AS are not counted' end], null)
      || array(select format('statements of %s are not counted', coalesce('role ' || pg_get_userbyid(nullif(s.setrole, 0)), 'this database'))
               from pg_catalog.pg_db_role_setting as s
               where s.setdatabase in (0, (select d.oid from pg_catalog.pg_database as d where d.datname = current_database()))
                 and s.setconfig && '{pg_stat_statements.track=none,compute_query_id=off}'::text[] order by 1);
  end if;
  return coalesce(found, '{"statements": []}') || jsonb_build_object(
    'read_at', now(), 'system_id', system_id, 'timeline', timeline, 'problem', problem, 'gaps', gaps, 'judged_under', under,
    'relations', around.relations, 'functions', around.functions, 'views', views);
end
$$;

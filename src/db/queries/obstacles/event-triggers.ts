import type { ListObstacles } from "./obstacle.ts";

/**
 * Event triggers that fire when a run makes, changes or drops something, and whose function finds a table or another function on the
 * search path alone: in a run nothing is on it. By the text of the function, as far as PostgreSQL keeps one.
 */
export const listLostEventTriggers: ListObstacles = (sql) => sql`
  with fired as (
    select v.evtname as name, p.oid as routine, p.prosrc as body
    from pg_catalog.pg_event_trigger as v
    join pg_catalog.pg_proc as p on p.oid = v.evtfoid
    join pg_catalog.pg_language as l on l.oid = p.prolang
    where v.evtenabled in ('O', 'A') and l.lanname in ('sql', 'plpgsql')
      and v.evtevent in ('ddl_command_start', 'ddl_command_end', 'sql_drop', 'table_rewrite')
      and not exists (select from unnest(p.proconfig) as s(setting) where s.setting ^@ 'search_path=')
  ), plain as (
    select f.name, f.routine, lower(regexp_replace(regexp_replace(f.body, '--[^\\n]*', '', 'g'), '/[*].*?[*]/', '', 'g')) as body from fired as f
  ), named as (
    select p.name, p.routine, m.words[1] as word, true as relation
    from plain as p
    cross join lateral regexp_matches(p.body, '\\m(?:insert\\s+into|update|delete\\s+from|from|join)\\s+([a-z_][a-z0-9_$]*)\\M(?!\\s*[.(])', 'g') as m(words)
    union
    select p.name, p.routine, m.words[1], false
    from plain as p
    cross join lateral regexp_matches(p.body, '(?<![.a-z0-9_$])([a-z_][a-z0-9_$]*)\\s*[(]', 'g') as m(words)
  ), found as (
    select n.name, n.routine, n.word,
           exists (select from pg_catalog.pg_class as c where n.relation and c.relname = n.word and c.relnamespace = 'pg_catalog'::regnamespace)
           or exists (select from pg_catalog.pg_proc as c where not n.relation and c.proname = n.word and c.pronamespace = 'pg_catalog'::regnamespace) as ours,
           exists (select from pg_catalog.pg_class as c where n.relation and c.relname = n.word and c.relnamespace <> 'information_schema'::regnamespace)
           or exists (select from pg_catalog.pg_proc as c where not n.relation and c.proname = n.word) as here
    from named as n
  )
  select format('event trigger %I looks for %s on the search path, on which nothing is in a run', f.name, string_agg(f.word, ', ' order by f.word)) as what,
         format('alter function %s set search_path = …, or disable it for the run: alter event trigger %I disable', f.routine::regprocedure, f.name) as remedy
  from found as f where f.here and not f.ours
  group by f.name, f.routine
  order by 1`;

-- How many statements that were counted at the last look are gone, although nothing was reset or given up for lack of room since:
-- somebody took them out one by one.
create or replace function ssot.lost_statements(migration text, source text, looked jsonb) returns integer
language sql stable set search_path = pg_catalog, pg_temp set enable_nestloop = off as $$
  select count(*)::integer
  from (select s.* from ssot.reader_sample as s
        where s.migration = lost_statements.migration and s.source = lost_statements.source and s.problem is null order by s.read_at desc limit 1) as before
  join ssot.reader as o on o.migration = before.migration and o.source = before.source and o.counters <> '{}'
  where before.counted_from = (looked ->> 'counted_from')::timestamptz and before.evicted = (looked ->> 'evicted')::bigint
    and (looked ->> 'hidden')::integer = 0
    and (o.judged_under is null or o.judged_under = looked ->> 'judged_under')
    and exists (select from pg_catalog.pg_roles as r where r.rolname = o.role_name)
    and not exists (select from jsonb_to_recordset(looked -> 'statements') as l(fingerprint text, role_name text)
                    where l.fingerprint = o.fingerprint and l.role_name = o.role_name);
$$;

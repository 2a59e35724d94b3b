-- Why the columns of a deprecation may not be dropped today; no row: they may. can_force tells what --force overrides: time, writers,
-- readers and the history of the witness. What the verdicts may hold: see ssot.phase3_dependents and ssot.phase3_readers.
create or replace function ssot.phase3_blockers(migration text default '20260209000400_mark_deprecated', verdicts jsonb default '{}')
returns table (code text, message text, can_force boolean)
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  applied timestamptz := (select l.run_on at time zone 'UTC' from ssot.ledger as l where l.name = phase3_blockers.migration);
  about record;
  quiet interval;
  not_before timestamptz;
  short_name text;
  silence text;
begin
  select x.* into about from ssot.deprecation(phase3_blockers.migration) as x;
  if applied is null or about.tab is null then
    return query select 'not-deprecated', format('migration %s is not applied', phase3_blockers.migration), false;
    return;
  end if;
  select max(d.quiet), max(d.not_before) into quiet, not_before from ssot.deprecated_column as d where d.migration = phase3_blockers.migration;
  silence := case when quiet = interval '1 month' then 'month' else quiet::text end;
  short_name := (select c.relname from pg_catalog.pg_class as c where c.oid = about.tab);
  return query
    select 'not-before', 'not before ' || to_char(not_before at time zone 'UTC', 'YYYY-MM-DD'), true where now() < not_before;
  return query
    select 'soak', format('%s after %s: not before %s UTC', case when silence = 'month' then 'one calendar month' else silence end,
                          ssot.migration_title(phase3_blockers.migration), to_char((applied + quiet) at time zone 'UTC', 'YYYY-MM-DD HH24:MI')), true
    where now() < applied + quiet;
  return query
    select 'witness', 'table public.deprecated_column_audit is missing', true
    where phase3_blockers.migration = '20260209000400_mark_deprecated'
      and to_regclass('public.deprecated_column_audit') is null and to_regclass('ssot.deprecated_column_audit') is null;
  return query
    select 'writer', format('%s.%s was written in the last %s (writes in the audit: %s), last at %s by role %s (%s)', short_name, w.column_name, silence,
                            w.n, to_char(w.last_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI'), coalesce(w.role_name, 'unknown'),
                            coalesce(w.application_name, 'no application name')), true
    from ssot.phase3_writers(phase3_blockers.migration, verdicts) as w order by w.column_name;
  return query
    select 'reader', format('%s.%s: %s%s by role %s%s, %s: %s', short_name, array_to_string(r.columns, ', ' || short_name || '.'),
                            case r.how when 'reads' then 'read' when 'returning' then 'read in RETURNING' when 'copy' then 'copied'
                                       when 'view' then 'read through view ' || r.through when 'dynamic' then 'perhaps read by a key of JSON'
                                       else 'read with all columns' end,
                            case when r.certainty = 'text' then ' (as far as its words tell)' else '' end, r.role_name,
                            case r.source when '' then '' else ' on ' || r.source end,
                            case when r.seen_after < now() - quiet
                                 then format('undated: counted between %s and %s', to_char(r.seen_after at time zone 'UTC', 'YYYY-MM-DD'),
                                             to_char(r.last_seen at time zone 'UTC', 'YYYY-MM-DD'))
                                 else format('last seen %s', to_char(r.last_seen at time zone 'UTC', 'YYYY-MM-DD')) end,
                            left(r.shape, 200) || case when length(r.shape) > 200 then '…' else '' end), true
    from ssot.phase3_readers(phase3_blockers.migration, verdicts) as r where r.weight = 'reason';
  if verdicts ->> 'reads' = 'require' then
    return query
      select 'unobserved', format('who reads the columns is not known%s: %s', case u.source when '' then '' else ' of ' || u.source end, u.message), true
      from ssot.unobserved_reads(phase3_blockers.migration, verdicts) as u;
  end if;
  return query
    select 'witness', case when w.kind = 'witness' then 'no witness is recorded' else format('%s %s %s', w.kind, w.name, w.problem) end, true
    from ssot.witness_problems(phase3_blockers.migration) as w order by w.kind, w.name;
  return query
    select d.code, format('%s %s %s', d.kind, d.name, d.detail), false
    from ssot.phase3_dependents(phase3_blockers.migration, verdicts) as d
    order by array_position('{dependent,function,job}', d.code), 2;
  return query
    select 'key', format('rows of %s cannot be found again: it has no key, and the loss of the values was not accepted', short_name), false
    where ssot.row_key(about.tab) is null and not exists (
      select from ssot.deprecated_column as d where d.migration = phase3_blockers.migration and d.accepts_loss);
  return query
    select 'view', case when about.view_oid is null then 'view calls_with_caller_names is missing'
                        else 'view calls_with_caller_names differs from what migration 3 made: it ' || (select j.problem from ssot.judge_view() as j) end, false
    where about.tab = to_regclass('public.calls') and not ssot.view_is_ours();
  return query
    select 'privilege', format('%s does not own %s', current_user, c.oid::regclass), false
    from pg_catalog.pg_class as c
    where c.oid in (about.tab, about.view_oid) and not pg_has_role(current_user, c.relowner, 'USAGE')
    order by 2;
end
$$;

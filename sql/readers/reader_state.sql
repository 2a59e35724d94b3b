-- The readers of a source as they are after this look at its counters: what grew since the last one was executed since then. "looked" is
-- what ssot.recorded_statements gave; a verdict {"statement <fingerprint>": {"how", "columns", "certainty", "through"}} replaces what its words told.
-- With "baseline" this is the first look: what was counted before it is no reader yet.
create or replace function ssot.reader_state(migration text, source text, looked jsonb, verdicts jsonb default '{}', baseline boolean default false)
returns setof ssot.reader
language plpgsql stable set search_path = pg_catalog, pg_temp set enable_nestloop = off as $$
declare
  before ssot.reader_sample;
  goes_on boolean;   /* the counters are those of the last look, which have gone on */
begin
  select s.* into before from ssot.reader_sample as s
  where s.migration = reader_state.migration and s.source = reader_state.source and s.problem is null order by s.read_at desc limit 1;
  goes_on := coalesce((before.system_id, before.timeline) is not distinct from (looked ->> 'system_id', (looked ->> 'timeline')::integer)
                      and before.counted_from = (looked ->> 'counted_from')::timestamptz, false);
  return query
    with live as (
      select s.*, verdicts -> ('statement ' || s.fingerprint) as verdict
      from jsonb_to_recordset(looked -> 'statements') as s(
        fingerprint text, role_name text, shape text, calls bigint, entry_since timestamptz, counters jsonb,
        how text, columns text[], through text, certainty text, judged_under text)
    ), judged as (
      select l.*, o.first_seen as known_since, o.last_seen as seen_before, o.seen_after as after_before,
             case when o.first_seen is null or not goes_on then true
                  else exists (select from jsonb_each(l.counters) as c where o.counters -> c.key is distinct from c.value) end as grew,
             /* It would have been there at the last look. */
             goes_on and (o.first_seen is not null or before.hidden = 0) as was_looked_at
      from live as l
      left join ssot.reader as o on o.migration = reader_state.migration and o.source = reader_state.source
       and o.fingerprint = l.fingerprint and o.role_name = l.role_name
    )
    select reader_state.migration, reader_state.source, j.fingerprint, j.role_name,
           case when j.verdict is null then j.columns else array(select jsonb_array_elements_text(j.verdict -> 'columns')) end,
           coalesce(j.verdict ->> 'how', j.how), case when j.verdict is null then j.certainty else coalesce(j.verdict ->> 'certainty', 'grammar') end,
           case when j.verdict is null then j.judged_under else looked ->> 'judged_under' end,
           case when j.verdict is null then j.through else j.verdict ->> 'through' end,
           left(j.shape, 500), j.counters, j.calls, coalesce(j.known_since, now()),
           case when baseline and j.known_since is null then null when j.grew then now() else j.seen_before end,
           case when baseline and j.known_since is null then null
                when j.grew then greatest(case when j.was_looked_at then before.read_at else (looked ->> 'counted_from')::timestamptz end,
                                          case when j.known_since is null then j.entry_since end)
                else j.after_before end
    from judged as j
    union all
    select o.migration, o.source, o.fingerprint, o.role_name, o.columns, o.how, o.certainty, o.judged_under, o.through, o.shape,
           case when looked ->> 'problem' is null and (looked ->> 'hidden')::integer = 0 then '{}' else o.counters end,
           o.calls, o.first_seen, o.last_seen, o.seen_after
    from ssot.reader as o
    where o.migration = reader_state.migration and o.source = reader_state.source
      and not exists (select from live as l where l.fingerprint = o.fingerprint and l.role_name = o.role_name);
end
$$;

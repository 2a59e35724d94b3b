-- The looks at counters that the gate of a deprecation stands on, by source: of this server the one that the verdicts bring along as "here",
-- so that a command reads the counters once, else one that is taken now; of standbys those that were brought along.
create or replace function ssot.reader_looks(migration text, verdicts jsonb default '{}') returns jsonb
language sql stable set search_path = pg_catalog, pg_temp as $$
  select coalesce(verdicts -> 'standbys', '{}')
      || jsonb_build_object('', coalesce(verdicts -> 'here', ssot.recorded_statements(reader_looks.migration)));
$$;

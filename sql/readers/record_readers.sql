-- Keeps what the counters say, by ssot.reader_looks; gives how many statements that read the columns are known. Never fails for what
-- cannot be read: that is kept as well. A look that is older than the last one kept says nothing any more.
create or replace function ssot.record_readers(migration text, verdicts jsonb default '{}', baseline boolean default false) returns bigint
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  looked record;
  gone integer;
begin
  for looked in
    select s.key as source, s.value as doc, least((s.value ->> 'read_at')::timestamptz, now()) as read_at
    from jsonb_each(ssot.reader_looks(record_readers.migration, verdicts)) as s
  loop
    continue when exists (select from ssot.reader_sample as s
                          where s.migration = record_readers.migration and s.source = looked.source and s.read_at > looked.read_at);
    gone := ssot.lost_statements(record_readers.migration, looked.source, looked.doc);
    insert into ssot.reader as o
    select s.* from ssot.reader_state(record_readers.migration, looked.source, looked.doc, verdicts, baseline) as s
    on conflict on constraint reader_pkey do update
      set columns = excluded.columns, how = excluded.how, certainty = excluded.certainty, judged_under = excluded.judged_under, through = excluded.through,
          shape = excluded.shape, counters = excluded.counters, calls = excluded.calls, last_seen = excluded.last_seen, seen_after = excluded.seen_after
      where o is distinct from excluded;
    insert into ssot.reader_sample (migration, source, read_at, system_id, timeline, counted_from, evicted, seen, hidden, lost, problem, gaps)
    select record_readers.migration, looked.source, looked.read_at, d.system_id, d.timeline, d.counted_from, d.evicted, d.seen, d.hidden, gone, d.problem, d.gaps
    from jsonb_to_record(looked.doc) as d(system_id text, timeline integer, counted_from timestamptz, evicted bigint, seen integer, hidden integer,
                                          problem text, gaps text[])
    on conflict on constraint reader_sample_pkey do nothing;
  end loop;
  /* Until when evidence is kept; of each source one look from before that, which says since when it is covered. */
  delete from ssot.reader_sample as s
  where s.migration = record_readers.migration
    and exists (select from ssot.reader_sample as later
                where later.migration = s.migration and later.source = s.source and later.read_at > s.read_at and later.read_at < ssot.evidence_from());
  delete from ssot.reader as o
  where o.migration = record_readers.migration and o.counters = '{}' and coalesce(o.last_seen, o.first_seen) < ssot.evidence_from();
  return (select count(*) from ssot.reader as o where o.migration = record_readers.migration and o.how not in ('nothing', 'writes'));
end
$$;

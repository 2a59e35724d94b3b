-- Applies rows (t.done, to_seq] of a task's journal. A row that is no longer as it was planned is left alone and leaves the
-- journal, so that a rollback will not touch it either. Returns the rows changed.
-- The rows go in as arrays, whose length the planner sees: of the journal's part it has no statistics yet. Each is found by the table's
-- primary key: a hash would read all of the table, and a large batch could look worth it.
create or replace function ssot.apply_batch(t ssot.task, to_seq bigint) returns bigint
language plpgsql set search_path = pg_catalog, pg_temp set enable_hashjoin = off set enable_mergejoin = off as $$
declare
  type_name constant text := ssot.column_type(t.relation::regclass, t.column_name);
  path constant text := ssot.trigger_path();
  seqs bigint[];
  ids uuid[];
  olds text[];
  news text[];
  done bigint[];
  unwritten bigint;
begin
  loop
    select array_agg(j.seq), array_agg(j.id), array_agg(j.old), array_agg(j.new) into seqs, ids, olds, news
    from ssot.journal as j where j.task = t.task and j.seq > t.done and j.seq <= to_seq;
    begin
      execute format(
        'with done as (
           update %1$s as r set %2$I = j.new
           from pg_catalog.set_config(''search_path'', $5, true) as opened(path)
           cross join lateral (select j.seq, j.id, j.old::%3$s as old, j.new::%3$s as new from unnest($1, $2, $3, $4) as j(seq, id, old, new)
                               where opened.path is not null offset 0) as j
           where r.id = j.id and r.%2$I is not distinct from j.old
           returning j.seq, r.%2$I is not distinct from j.new as is_so
         )
         select array_agg(d.seq), count(*) filter (where not d.is_so) from done as d', t.relation, t.column_name, type_name)
      into done, unwritten using seqs, ids, olds, news, path;
      perform pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
      if cardinality(done) is distinct from cardinality(seqs) then
        execute format('select count(*) + $5 from %s as r join unnest($1, $2, $3) as j(seq, id, old) on j.id = r.id
                        where r.%I is not distinct from j.old::%s and j.seq <> all ($4)', t.relation, t.column_name, type_name)
        into unwritten using seqs, ids, olds, coalesce(done, '{}'), unwritten;
        delete from ssot.journal as j
        where j.task = t.task and j.seq > t.done and j.seq <= to_seq and j.seq <> all (coalesce(done, '{}'));
      end if;
      perform ssot.refuse_unwritten(t.relation::regclass, unwritten, 'UPDATE');
      return coalesce(cardinality(done), 0);
    exception when foreign_key_violation then
      /* A contact of this batch was deleted meanwhile: its rows leave the plan, the others go on. */
      delete from ssot.journal as j
      where j.task = t.task and j.seq > t.done and j.seq <= to_seq
        and not exists (select from public.contacts as k where k.id = j.new::uuid);
    when unique_violation then
      /* Somebody made a contact with a number that one of these was to get: it leaves the plan, to be merged first. */
      delete from ssot.journal as j using public.contacts as k, public.contacts as other
      where j.task = t.task and j.seq > t.done and j.seq <= to_seq and k.id = j.id
        and other.org_id = k.org_id and other.id <> k.id and other.phone = j.new;
      if not found then raise; end if;
    end;
  end loop;
end
$$;

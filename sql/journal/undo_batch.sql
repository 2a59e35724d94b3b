-- Undoes some rows of a task's journal, which leave it: of a row that was changed twice the last change only, the others wait. What somebody
-- changed since is kept, its original stored in ssot.unrestored; what is as we left it and does not take its original stops the run. Gives the
-- rows taken from the journal, restored, and kept. They go in as an array, whose length the planner sees.
create or replace function ssot.undo_batch(t ssot.task, seqs bigint[], out n bigint, out restored bigint, out kept bigint)
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  path constant text := ssot.trigger_path();
  type_name constant text := ssot.column_type(t.relation::regclass, t.column_name);
  last_seqs bigint[];
  unwritten bigint;
  ids uuid[];
  news text[];
begin
  select array_agg(m.seq) into last_seqs
  from (select max(x.seq) as seq from ssot.journal as x where x.task = t.task and x.seq = any (seqs) group by x.id) as m;
  execute format(
    'with tail as (
       delete from ssot.journal as j where j.task = %4$L and j.seq = any ($1) returning j.*
     ), value as materialized (
       select j.id, j.old, j.old::%3$s as was, j.new::%3$s as written
       from pg_catalog.set_config(''search_path'', $2, true) as opened(path)
       cross join lateral (select t.id, t.old, t.new from tail as t where opened.path is not null offset 0) as j
     ), back as (
       update %1$s as r set %2$I = j.was from value as j
       where r.id = j.id and r.%2$I is not distinct from j.written
       returning r.id, r.%2$I is not distinct from j.was as is_so
     ), stored as (
       insert into ssot.unrestored (relation, row_key, column_name, original, reason)
       select %5$L, jsonb_build_object(''id'', j.id), %2$L, j.old, ''changed since''
       from value as j join %1$s as r on r.id = j.id
       where r.%2$I is distinct from j.was and not exists (select from back as b where b.id = j.id)
       returning 1
     )
     select (select count(*) from tail), (select count(*) from back), (select count(*) from stored),
            (select count(*) from back as b where not b.is_so), m.ids, m.news
     from (select array_agg(j.id) as ids, array_agg(j.new) as news from tail as j where not exists (select from back as b where b.id = j.id)) as m',
    t.relation, t.column_name, type_name, t.task, t.relation)
  into n, restored, kept, unwritten, ids, news using last_seqs, path;
  perform pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
  if ids is not null then
    execute format('select count(*) + $3 from %s as r join unnest($1, $2) as m(id, new) on m.id = r.id
                    where r.%I is not distinct from m.new::%s', t.relation, t.column_name, type_name)
    into unwritten using ids, news, unwritten;
  end if;
  perform ssot.refuse_unwritten(t.relation::regclass, unwritten, 'UPDATE');
exception when unique_violation then
  /* The old value is taken meanwhile: row by row, so that only that one is kept. */
  select * into n, restored, kept from ssot.undo_one_by_one(t, seqs[1:200]);
end
$$;

-- The copy of a drop's values into its store, by key, batch by batch. "portion" is after how many rows it stops for now.
create or replace procedure ssot.archive_columns(migration text, commits boolean, portion bigint default null)
language plpgsql as $$
declare
  a ssot.archive;
  t ssot.task;
  first bigint := (select x.done from ssot.task as x where x.task = archive_columns.migration);
  ids uuid[];
  total bigint;
  size integer;
  took interval;
  started timestamptz;
  told timestamptz := clock_timestamp();
begin
  select * into a from ssot.archive as x where x.migration = archive_columns.migration;
  total := ssot.table_rows(a.relation::regclass);
  loop
    select * into t from ssot.task as x where x.task = a.migration;
    exit when t.done - first >= portion;
    size := ssot.next_batch_size(size, took);
    started := clock_timestamp();
    execute format('select array_agg(r.id order by r.id) from (select id from %s where id > $1 order by id limit $2) as r', a.relation)
    into ids using coalesce(t.last_key, '00000000-0000-0000-0000-000000000000')::uuid, size;
    exit when ids is null;
    execute format(
      'insert into %1$s (%2$I, %3$s) select r.id, %4$s from %5$s as r where r.id = any ($1) and (%6$s) on conflict do nothing',
      a.store, a.key_column, (select string_agg(quote_ident(c), ', ') from unnest(a.columns) as c),
      (select string_agg(format('r.%I', c), ', ') from unnest(a.columns) as c), a.relation,
      (select string_agg(format('r.%I is not null', c), ' or ') from unnest(a.columns) as c))
    using ids;
    if a.fill is not null then execute format('select %s($1)', a.fill) using ids; end if;
    update ssot.task as x set last_key = ids[cardinality(ids)]::text, done = t.done + cardinality(ids) where x.task = a.migration;
    if commits then
      /* For what is deferred: it runs at the commit. */
      perform pg_catalog.set_config('search_path', ssot.trigger_path(), true);
      commit;
    end if;
    took := clock_timestamp() - started;
    told := ssot.tell_progress(split_part(a.relation, '.', 2) || ' archived', t.done + cardinality(ids),
                               greatest(total, t.done + cardinality(ids) + 1), told);
  end loop;
end
$$;

-- Links calls to their contacts.
--
-- A call belongs to the contact of the same organisation that has the caller's number. Both sides are compared in
-- E.164. Calls that have a contact already are left alone. Nothing is guessed: a number that cannot be read stays
-- unlinked. The links are planned once into a journal, then applied in short transactions; the journal is what a
-- rollback undoes.
--
-- Phase: 1
--
-- With ssot:        ssot migrate / ssot rollback
-- With psql alone:  psql -v ON_ERROR_STOP=1 -f FILE               applies
--                   psql -v ON_ERROR_STOP=1 -v down=1 -f FILE     takes it back
-- Interrupted? Run the same command again: finished batches are not repeated.

-- Up Migration
\if :{?down}
\else
set timezone = 'UTC';
set search_path = '';
set lock_timeout = '1s';
set statement_timeout = 0;
set work_mem = '64MB';
set jit = off;

-- step: bookkeeping
-- lock: none on your tables
-- blocks: nothing
-- The tool's own schema. PostgREST exposes "public"; nobody but the owner may look in here.
begin;
do $$
declare
  somebody text;
begin
  if to_regnamespace('ssot') is not null then return; end if;
  create schema ssot;
  /* Default privileges may have let others in. */
  for somebody in
    select distinct coalesce(quote_ident(r.rolname), 'public')
    from pg_catalog.pg_namespace as n cross join aclexplode(n.nspacl) as x left join pg_catalog.pg_roles as r on r.oid = x.grantee
    where n.nspname = 'ssot' and x.grantee <> n.nspowner
  loop
    execute 'revoke all on schema ssot from ' || somebody;
  end loop;
end
$$;

-- Which migration is applied, since when (UTC). The shape is node-pg-migrate's.
create table if not exists ssot.ledger (
  id     serial primary key,
  name   varchar(255) not null unique,
  run_on timestamp not null
);

-- What was run, from which text, and whether it came to its end.
create table if not exists ssot.run (
  name        text primary key,
  direction   text not null check (direction in ('migrate', 'rollback')),
  checksum    text,
  started_at  timestamptz not null default now(),
  finished_at timestamptz,
  forced      text
);

-- Labelled steps that are done; written in the step's own transaction where it has one.
create table if not exists ssot.run_step (
  name        text not null,
  direction   text not null,
  step        text not null,
  finished_at timestamptz not null default now(),
  primary key (name, direction, step)
);

-- How many rows each migration changed, and how many a rollback restored or kept.
create table if not exists ssot.tally (
  direction text not null check (direction in ('migrate', 'restored', 'kept')),
  what      text not null,
  n         bigint not null,
  primary key (direction, what)
);

-- Originals that a rollback could not put back because somebody changed the row since.
-- The only table that outlives a complete rollback, and only while it holds a row.
create table if not exists ssot.unrestored (
  id          bigint generated always as identity primary key,
  stored_at   timestamptz not null default now(),
  relation    text not null,
  row_key     jsonb not null,
  column_name text,
  original    text,
  image       jsonb,
  reason      text not null
);
create index if not exists unrestored_row on ssot.unrestored ((row_key ->> 'id'));
create index if not exists unrestored_original on ssot.unrestored using hash (original);

-- Runs of `ssot verify --record`: how many calls had a contact then. Counts only; org_id: where one tenant was looked at.
create table if not exists ssot.verification_runs (
  id          bigint generated always as identity primary key,
  recorded_at timestamptz not null default now(),
  org_id      uuid,
  ok          boolean not null,
  counts      jsonb not null,
  coverage    jsonb,
  metrics     jsonb not null
);

-- When reversibility was ended, by whom, and how many rows of which table that took. `ssot finalize` writes it.
create table if not exists ssot.finalization (
  finalized_at timestamptz not null default now(),
  role_name    text not null default session_user,
  removed      jsonb not null
);
commit;

-- step: helpers
-- lock: none on your tables
-- blocks: nothing
begin;
create or replace function ssot.add_tally(what text, n bigint, direction text default 'migrate') returns void
language sql as $$
  insert into ssot.tally as t (direction, what, n) values (add_tally.direction, add_tally.what, add_tally.n)
  on conflict on constraint tally_pkey do update set n = t.n + excluded.n;
$$;

-- Ends a batch. Where the whole file is sent as one transaction (SET ssot.one_transaction = 'yes') there is nothing to end.
create or replace procedure ssot.commit_batch()
language plpgsql as $$
begin
  if coalesce(current_setting('ssot.one_transaction', true), '') <> 'yes' then commit; end if;
end
$$;

-- Before rows are changed, until the end of the transaction: where somebody's trigger would fire whose function has no
-- search path of its own, names are looked up as that role's sessions do, PostgreSQL's first. Under our empty path the
-- trigger would not find its tables.
create or replace function ssot.open_path() returns void
language plpgsql as $$
begin
  if exists (
    select from pg_catalog.pg_trigger as t join pg_catalog.pg_proc as p on p.oid = t.tgfoid
    where not t.tgisinternal and t.tgenabled <> 'D' and p.pronamespace <> 'ssot'::regnamespace
      and not exists (select from unnest(p.proconfig) as c(setting) where c.setting ^@ 'search_path=')
      and (t.tgrelid in ('public.calls'::regclass, 'public.contacts'::regclass)
           or t.tgrelid in (select d.relid from pg_partition_tree('public.calls') as d)
           or t.tgrelid in (select k.conrelid from pg_catalog.pg_constraint as k
                            where k.contype = 'f' and k.confrelid = 'public.contacts'::regclass)))
  then
    perform set_config('search_path', 'pg_catalog, ' || (
      select coalesce(nullif(s.reset_val, ''), '""') from pg_catalog.pg_settings as s where s.name = 'search_path'), true);
  end if;
end
$$;

-- Leaves a function to its owner alone, whatever default privileges gave when it was created.
create or replace function ssot.close_function(f regprocedure) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  g record;
begin
  for g in
    select distinct r.rolname
    from pg_catalog.pg_proc as p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) as x
    left join pg_catalog.pg_roles as r on r.oid = x.grantee
    where p.oid = f and x.grantee <> p.proowner
  loop
    execute format('revoke all on routine %s from %s', f, coalesce(quote_ident(g.rolname), 'public'));
  end loop;
end
$$;

-- The same for everything that is in schema ssot at this moment. The schema is closed; this is the second lock on the door.
create or replace function ssot.close_schema() returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  g record;
begin
  perform ssot.close_function(p.oid)
  from pg_catalog.pg_proc as p
  where p.pronamespace = 'ssot'::regnamespace
    and (p.proacl is null or exists (select from aclexplode(p.proacl) as x where x.grantee <> p.proowner));
  for g in
    select distinct c.oid::regclass as relation, c.relkind, r.rolname
    from pg_catalog.pg_class as c cross join aclexplode(c.relacl) as x
    left join pg_catalog.pg_roles as r on r.oid = x.grantee
    where c.relnamespace = 'ssot'::regnamespace and c.relkind in ('r', 'v', 'S') and x.grantee <> c.relowner
      and c.relname <> 'adopted_column_audit'  /* somebody's, on its way through */
  loop
    execute format('revoke all on %s %s from %s', case g.relkind when 'S' then 'sequence' else 'table' end, g.relation,
                   coalesce(quote_ident(g.rolname), 'public'));
  end loop;
end
$$;

-- The country that decides how a national number is read. The column is optional: read so, its absence is no error.
-- A query of all rows reads it with "offset 0": once for each organisation, not for each row.
create or replace view ssot.org_country as
  select o.id as org_id, coalesce(nullif(upper(btrim(to_jsonb(o) ->> 'telephony_country')), ''), 'US') as country
  from public.organizations as o;

-- Objects that a migration made, found or replaced. "undo" is the statement that brings the former object back;
-- it is written before the change.
create table if not exists ssot.object_journal (
  kind     text not null,
  name     text not null,
  outcome  text not null check (outcome in ('created', 'kept', 'replaced')),
  undo     text,
  primary key (kind, name)
);

-- One task a column: rows 1 to "planned" of its journal are to be changed, rows up to "done" are.
create table if not exists ssot.task (
  task    text primary key,
  planned bigint not null default 0,
  done    bigint not null default 0
);

-- The plan of a change and its undo journal are one: row "id" goes from "old" to "new".
create table if not exists ssot.journal_calls_contact_id (
  seq bigint primary key,
  id  uuid not null,
  old uuid,
  new uuid
);

-- Rows a batch: a fixed number where one is set (ssot.batch_size), else steered towards 150 ms a batch,
-- because a writer of the same row may have to wait that long.
create or replace function ssot.next_batch_size(current_size integer, took interval) returns integer
language sql stable as $$
  select coalesce(
    nullif(nullif(current_setting('ssot.batch_size', true), '')::integer, 0),
    case
      when took is null then 2000
      else greatest(200, least(20000, (current_size * least(2.0, greatest(0.5, 0.150 / greatest(0.001, extract(epoch from took)))))::integer))
    end);
$$;

-- Tells a waiting person how far a long step is; ssot draws its progress from the same notice.
create or replace function ssot.tell_progress(what text, done bigint, total bigint, last_told timestamptz) returns timestamptz
language plpgsql as $$
begin
  if done < total and clock_timestamp() - last_told
       < coalesce(nullif(current_setting('ssot.progress_interval', true), ''), '5 s')::interval then
    return last_told;
  end if;
  raise notice using message = format('%s: %s of %s', what, done, total), errcode = '01S01';
  return clock_timestamp();
end
$$;

-- Applies journal rows (from_seq, to_seq]. A row that is no longer as it was planned is left alone and leaves the
-- journal, so that a rollback will not touch it either. Returns the rows changed.
create or replace function ssot.apply_batch(tab text, col text, from_seq bigint, to_seq bigint) returns bigint
language plpgsql as $$
declare
  changed bigint;
begin
  loop
    begin
      execute format(
        'with done as (
           update public.%1$I as t set %2$I = j.new
           from ssot.%3$I as j
           where j.seq > $1 and j.seq <= $2 and t.id = j.id and t.%2$I is not distinct from j.old
           returning j.seq
         ), missed as (
           delete from ssot.%3$I as j
           where j.seq > $1 and j.seq <= $2 and not exists (select from done as d where d.seq = j.seq)
         )
         select count(*) from done', tab, col, 'journal_' || tab || '_' || col)
      into changed using from_seq, to_seq;
      return changed;
    exception when foreign_key_violation then
      /* A contact of this batch was deleted meanwhile: its rows leave the plan, the others go on. */
      execute format(
        'delete from ssot.%1$I as j where j.seq > $1 and j.seq <= $2
           and not exists (select from public.contacts as k where k.id = j.new)',
        'journal_' || tab || '_' || col)
      using from_seq, to_seq;
    when unique_violation then
      /* Somebody made a contact with a number that one of these was to get: it leaves the plan, to be merged first. */
      execute format(
        'delete from ssot.%1$I as j using public.contacts as k, public.contacts as other
         where j.seq > $1 and j.seq <= $2 and k.id = j.id
           and other.org_id = k.org_id and other.id <> k.id and other.phone = j.new::text',
        'journal_' || tab || '_' || col)
      using from_seq, to_seq;
      get diagnostics changed = row_count;
      if changed = 0 then raise; end if;
    end;
  end loop;
end
$$;

-- How large a table is, in bytes; of a partitioned one its partitions.
create or replace function ssot.table_size(tab regclass) returns bigint
language sql stable as $$
  select coalesce(sum(pg_relation_size(p.relid))::bigint, pg_relation_size(tab)) from pg_partition_tree(tab) as p;
$$;

-- How many rows it has, as VACUUM and ANALYZE last saw them.
create or replace function ssot.table_rows(tab regclass) returns bigint
language sql stable as $$
  select coalesce(sum(c.reltuples), 0)::bigint from pg_catalog.pg_class as c
  where c.relkind = 'r' and c.reltuples > 0 and (c.oid = tab or c.oid in (select p.relid from pg_partition_tree(tab) as p));
$$;

-- Asks for the lock that VACUUM takes, and gives it back: an autovacuum that has it, and would keep it for as long as it
-- sleeps between its pages, ends for that once deadlock_timeout is over. One against wraparound stays. Nobody waits behind
-- this but other changes of the schema.
create or replace function ssot.end_autovacuum(tab regclass) returns void
language plpgsql as $$
begin
  perform set_config('lock_timeout', (s.setting::integer + 100)::text, true) from pg_catalog.pg_settings as s where s.name = 'deadlock_timeout';
  execute format('lock table %s in share update exclusive mode', tab);
exception when lock_not_available then null;
end
$$;

-- The statements of a long change, for \gexec: "work" in portions of a fiftieth of the table, and VACUUM after each. A page
-- that was written is off the visibility map until then, and whoever counts calls by an index has to visit each of its
-- rows: ten times slower for everybody, once it is so all over the table, until an autovacuum comes. VACUUM blocks nothing,
-- and leaves out a table that another has. A small table, and a few changes, are left to the autovacuum. Where the whole
-- file is one transaction, which takes no VACUUM, one statement does all. (ssot.portion: so many rows a portion.)
create or replace function ssot.in_portions(work text, tab regclass, planned bigint) returns setof text
language plpgsql as $$
declare
  size bigint := ssot.table_size(tab);
  portion bigint := nullif(current_setting('ssot.portion', true), '')::bigint;
begin
  if portion is null and size >= 64 * 1024 * 1024 and planned >= size / 8192 / 100 then
    portion := ceil(greatest(ssot.table_rows(tab), planned) / 50.0);
  end if;
  if portion is not null and coalesce(current_setting('ssot.one_transaction', true), '') <> 'yes' then
    for n in 1 .. ceil(coalesce(planned, 0) / portion::numeric) loop
      return next format('call %s', format(work, portion));
      return next format('select ssot.end_autovacuum(%L)', tab);
      return next format('vacuum (skip_locked, truncate off, parallel 0) %s', tab);
    end loop;
  end if;
  return next format('call %s', format(work, 'null'));
end
$$;

-- Applies what is planned for a column, batch by batch, each in its own transaction with its cursor. "portion" is after
-- how many rows it stops for now.
create or replace procedure ssot.apply_journal(tab text, col text, tally text, portion bigint default null)
language plpgsql as $$
declare
  first bigint := (select done from ssot.task where task = tab || '.' || col);
  name text := tab || '.' || col;
  size integer;
  took interval;
  started timestamptz;
  told timestamptz := clock_timestamp();
  t ssot.task;
  upto bigint;
begin
  loop
    select * into t from ssot.task where task = name;
    exit when t.task is null or t.done >= t.planned or t.done - first >= portion;
    size := ssot.next_batch_size(size, took);
    upto := least(t.done + size, t.planned);
    started := clock_timestamp();
    perform ssot.open_path();
    perform ssot.add_tally(tally, ssot.apply_batch(tab, col, t.done, upto));
    update ssot.task set done = upto where task = name;
    call ssot.commit_batch();
    took := clock_timestamp() - started;
    told := ssot.tell_progress(name, upto, t.planned, told);
  end loop;
end
$$;

-- In which order a long undo takes the journal's rows: where their rows lie by now, see ssot.turn. A row that was
-- changed twice is taken back twice, the last change first. Gone after a crash of the server: then from the journal's tail.
create unlogged table if not exists ssot.undo_order (seq bigint primary key, task text not null, journal_seq bigint not null);

create or replace function ssot.plan_undo(tab text, col text) returns void
language plpgsql as $$
begin
  truncate ssot.undo_order;
  execute format(
    'insert into ssot.undo_order (seq, task, journal_seq)
     select row_number() over (order by p.nth, p.turn), $2, p.seq
     from (
       select j.seq, row_number() over (partition by j.id order by j.seq desc) as nth, ssot.turn(t.ctid, $1) as turn
       from ssot.%I as j join public.%I as t on t.id = j.id
     ) as p', 'journal_' || tab || '_' || col, tab)
  using ssot.stretch_pages(format('public.%I', tab)::regclass), tab || '.' || col;
  analyze ssot.undo_order;
end
$$;

-- Undoes a journal in that order, or from its tail, batch by batch; the rows leave the journal in the transaction that
-- restores them, so it goes on where it stopped. What somebody changed since is kept, its original stored in ssot.unrestored.
create or replace procedure ssot.undo_journal(tab text, col text, tally text, portion bigint default null)
language plpgsql as $$
declare
  journal text := 'journal_' || tab || '_' || col;
  name text := tab || '.' || col;
  size integer;
  took interval;
  started timestamptz;
  told timestamptz := clock_timestamp();
  total bigint;
  first bigint;
  taken bigint;
  place bigint := (select min(o.seq) from ssot.undo_order as o where o.task = tab || '.' || col);
  seqs bigint[];
  n bigint;
  restored bigint;
  kept bigint;
begin
  if to_regclass(format('ssot.%I', journal)) is null then return; end if;
  /* Planned but never applied: nothing to restore. */
  execute format('delete from ssot.%I where seq > (select coalesce(max(done), 0) from ssot.task where task = $1)', journal) using name;
  execute format('select t.done, t.done - (select count(*) from ssot.%I) from ssot.task as t where t.task = $1', journal)
  into total, first using name;
  taken := first;
  call ssot.commit_batch();
  loop
    size := ssot.next_batch_size(size, took);
    started := clock_timestamp();
    with ordered as (delete from ssot.undo_order as o where o.seq >= place and o.seq < place + size and o.task = name returning o.journal_seq)
    select array_agg(o.journal_seq) into seqs from ordered as o;
    place := place + size;
    if seqs is null then
      execute format('select array_agg(j.seq) from (select seq from ssot.%I order by seq desc limit $1) as j', journal) into seqs using size;
    end if;
    exit when seqs is null;
    perform ssot.open_path();
    set constraints all immediate;  /* what a deferred one refuses is to be known here, not at commit */
    begin
      execute format(
        'with tail as (
           delete from ssot.%1$I where seq = any ($1) returning *
         ), back as (
           update public.%2$I as t set %3$I = j.old from tail as j
           where t.id = j.id and t.%3$I is not distinct from j.new
           returning t.id
         ), stored as (
           insert into ssot.unrestored (relation, row_key, column_name, original, reason)
           select %4$L, jsonb_build_object(''id'', j.id), %3$L, j.old::text, ''changed since''
           from tail as j join public.%2$I as t on t.id = j.id
           where t.%3$I is distinct from j.old and not exists (select from back as b where b.id = j.id)
           returning 1
         )
         select (select count(*) from tail), (select count(*) from back), (select count(*) from stored)',
        journal, tab, col, 'public.' || tab)
      into n, restored, kept using seqs;
    exception when unique_violation then
      /* The old value is taken meanwhile: row by row, so that only that one is kept. */
      select * into n, restored, kept from ssot.undo_one_by_one(tab, col, journal, seqs[1:200]);
    end;
    perform ssot.add_tally(tally, restored, 'restored');
    if kept > 0 then perform ssot.add_tally(tally, kept, 'kept'); end if;
    call ssot.commit_batch();
    took := clock_timestamp() - started;
    taken := taken + n;
    told := ssot.tell_progress(name, taken, total, told);
    if taken - first >= portion then return; end if;
  end loop;
  delete from ssot.task where task = name;
  call ssot.commit_batch();
end
$$;

-- Its statements for \gexec, with VACUUM between, and the order for more than one.
create or replace function ssot.undo_journal_in_portions(tab text, col text, tally text) returns setof text
language plpgsql as $$
declare
  planned bigint := (select t.done from ssot.task as t where t.task = tab || '.' || col);
  statements integer;
begin
  return query
    select ssot.in_portions(format('ssot.undo_journal(%L, %L, %L, %%s)', tab, col, tally), format('public.%I', tab)::regclass, planned);
  get diagnostics statements = row_count;
  if statements > 1 then perform ssot.plan_undo(tab, col); end if;
end
$$;

create or replace function ssot.undo_one_by_one(tab text, col text, journal text, seqs bigint[],
                                                out n bigint, out restored bigint, out kept bigint)
language plpgsql as $$
declare
  j record;
  hit bigint;
begin
  n := 0; restored := 0; kept := 0;
  for j in execute format('delete from ssot.%I where seq = any ($1) returning *', journal) using seqs loop
    n := n + 1;
    begin
      execute format('update public.%1$I set %2$I = $1 where id = $2 and %2$I is not distinct from $3', tab, col)
        using j.old, j.id, j.new;
      get diagnostics hit = row_count;
    exception when unique_violation then
      hit := 0;
    end;
    restored := restored + hit;
    if hit = 0 then
      execute format('insert into ssot.unrestored (relation, row_key, column_name, original, reason)
                      select %1$L, jsonb_build_object(''id'', $1), %2$L, $2::text, ''changed since, or its value is taken''
                      from public.%3$I where id = $1 and %2$I is distinct from $2', 'public.' || tab, col, tab)
        using j.id, j.old;
      get diagnostics hit = row_count;
      kept := kept + hit;
    end if;
  end loop;
end
$$;

-- The indexes that make up one on a partitioned table: the parent's own, and one a partition. No row: a plain table.
create or replace function ssot.index_parts(index_name text, tab regclass)
returns table (part_of regclass, is_leaf boolean, depth integer, name text, path text, parent text, valid boolean, attached boolean)
language sql stable as $$
  with part as (
    select t.relid, t.parentrelid, t.isleaf, t.level, m.name, format('%I.%I', n.nspname, m.name) as path
    from pg_partition_tree(tab) as t
    join pg_catalog.pg_class as c on c.oid = t.relid
    join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    cross join lateral (
      select case when t.level = 0 then index_name
                  when octet_length(index_name || '_' || c.relname) < 64 then index_name || '_' || c.relname
                  else index_name || '_' || c.oid end as name
    ) as m
  )
  select p.relid, p.isleaf, p.level, p.name, p.path, above.path, x.indisvalid,
         exists (select from pg_catalog.pg_inherits as i join pg_catalog.pg_index as y on y.indexrelid = i.inhrelid
                 where i.inhparent = to_regclass(above.path) and y.indrelid = p.relid)
  from part as p
  left join part as above on above.relid = p.parentrelid
  left join pg_catalog.pg_index as x on x.indexrelid = to_regclass(p.path);
$$;

-- The statements that build an index while its table is written, for \gexec: CONCURRENTLY. A partitioned table takes that
-- on its leaves only; its own index becomes valid when the last of theirs is attached. What an interrupted build left
-- valid there is used, unless everything is to be built afresh.
create or replace function ssot.build_index(index_name text, definition text, afresh boolean) returns setof text
language plpgsql as $$
declare
  head text := substring(definition from '^CREATE (?:UNIQUE )?INDEX');
  tab regclass := substring(definition from ' ON (?:ONLY )?(public[.](?:calls|contacts)) ');
  tail text := substring(definition from ' USING .*$');
begin
  return query
    select s.statement
    from (
      select 1 as place, p.depth, p.path, format('%s %I on only %s%s', head, p.name, p.part_of, tail) as statement
      from ssot.index_parts(index_name, tab) as p where not p.is_leaf and (afresh or p.valid is null)
      union all
      select 2, 0, p.path, format('drop index concurrently %s', p.path)
      from ssot.index_parts(index_name, tab) as p where p.is_leaf and not p.attached and not afresh and not p.valid
      union all
      select 3, 0, p.path, format('%s concurrently %I on %s%s', head, p.name, p.part_of, tail)
      from ssot.index_parts(index_name, tab) as p where p.is_leaf and (afresh or not p.attached and p.valid is not true)
      union all
      select 4, -p.depth, p.path, format('alter index %s attach partition %s', p.parent, p.path)
      from ssot.index_parts(index_name, tab) as p where p.depth > 0 and (afresh or not p.attached)
    ) as s
    order by s.place, s.depth, s.path;
  if not found then
    return next overlay(definition placing ' index concurrently ' from position(' INDEX ' in definition) for 7);
  end if;
end
$$;

-- The statements that drop an index, for \gexec: CONCURRENTLY, which one of a partitioned table is not: it goes in a
-- moment, under a lock that keeps everybody out. Before it, what a build has not attached.
create or replace function ssot.drop_index(index_name text) returns setof text
language sql stable as $$
  select format('drop index concurrently %s', p.path)
  from pg_catalog.pg_index as x cross join lateral ssot.index_parts(index_name, x.indrelid) as p
  where x.indexrelid = to_regclass('public.' || quote_ident(index_name)) and p.is_leaf and not p.attached and p.valid is not null
  union all
  select format('drop index %spublic.%I', case c.relkind when 'I' then '' else 'concurrently ' end, index_name)
  from pg_catalog.pg_class as c where c.oid = to_regclass('public.' || quote_ident(index_name));
$$;

-- The statements that bring an index to the wanted definition, for \gexec: none where it is there and valid, else the
-- drop of an invalid or a different one and the build. What was there before is journaled.
-- "definition" is written as pg_get_indexdef prints it.
create or replace function ssot.make_index(index_name text, definition text) returns setof text
language plpgsql as $$
declare
  i record;
begin
  select x.indexrelid, x.indisvalid, pg_get_indexdef(x.indexrelid) as def, c.relkind = 'I' as in_parts,
         replace(pg_get_indexdef(x.indexrelid), ' ON ONLY ', ' ON ') = definition as same,
         exists (select from pg_catalog.pg_constraint as k where k.conindid = x.indexrelid) as of_constraint
  into i
  from pg_catalog.pg_index as x join pg_catalog.pg_class as c on c.oid = x.indexrelid
  where x.indexrelid = to_regclass('public.' || quote_ident(index_name));
  if found and i.indisvalid and i.same then
    insert into ssot.object_journal (kind, name, outcome) values ('index', index_name, 'kept') on conflict do nothing;
    return;
  end if;
  if found and i.of_constraint then
    raise exception 'index public.% belongs to a constraint and differs from %', index_name, definition
      using errcode = 'object_not_in_prerequisite_state', hint = 'Rename the constraint, then run again.';
  end if;
  if found then
    insert into ssot.object_journal (kind, name, outcome, undo)
    values ('index', index_name, case when i.indisvalid then 'replaced' else 'created' end,
            case when i.indisvalid then i.def end)
    on conflict do nothing;
    insert into ssot.object_journal (kind, name, outcome, undo)
    select 'index comment', index_name, 'replaced',
           format('comment on index public.%I is %L', index_name, obj_description(i.indexrelid, 'pg_class'))
    where i.indisvalid and obj_description(i.indexrelid, 'pg_class') is not null
    on conflict do nothing;
    /* An interrupted build in parts goes on. */
    if not (i.in_parts and i.same) then return query select ssot.drop_index(index_name); end if;
  else
    insert into ssot.object_journal (kind, name, outcome) values ('index', index_name, 'created') on conflict do nothing;
  end if;
  return query select ssot.build_index(index_name, definition, coalesce(not (i.in_parts and i.same), true));
end
$$;

-- The statements that take make_index back, for \gexec.
create or replace function ssot.unmake_index(index_name text) returns setof text
language plpgsql as $$
declare
  was ssot.object_journal;
  now_def text := pg_get_indexdef(to_regclass('public.' || quote_ident(index_name)));
  valid boolean := (select x.indisvalid from pg_catalog.pg_index as x where x.indexrelid = to_regclass('public.' || quote_ident(index_name)));
begin
  select * into was from ssot.object_journal where kind = 'index' and name = index_name;
  if not found or was.outcome = 'kept' then return; end if;
  /* An interrupted build leaves an index of the right definition that is not valid. */
  if now_def is not null and (now_def is distinct from was.undo or not valid) then
    return query select ssot.drop_index(index_name);
    now_def := null;
  end if;
  if was.undo is not null and now_def is distinct from was.undo then
    return query select ssot.build_index(index_name, was.undo, true);
  end if;
  return query select o.undo from ssot.object_journal as o where o.kind = 'index comment' and o.name = index_name;
end
$$;
select ssot.close_schema();
commit;

-- step: phone_numbers
-- lock: none on your tables
-- blocks: nothing
begin;
-- Phone numbers in E.164, by the rules of Google's libphonenumber as far as SQL can follow them with certainty.

-- One row for each country that libphonenumber knows. Patterns are regular expressions without anchors.
-- The fill factor spreads the rows over enough pages that the planner looks them up by index (4 against 25 microseconds).
create table ssot.phone_region (
  country text collate "C" primary key,   -- ISO 3166 alpha-2
  calling_code text not null,             -- what follows the plus
  main boolean not null,                  -- whose rules hold for a number that is written with the calling code
  international_prefix text not null,     -- pattern: what is dialled instead of the plus (00, 011)
  national_prefix text,                   -- pattern: what is dialled before a national number and is no part of it
  carrier_pattern text,                   -- pattern: the same with a carrier's code or a missing area code, which SQL leaves alone
  lengths integer[] not null,             -- possible lengths of a national number
  doubtful_lengths integer[] not null,    -- possible in some of the countries that share the calling code
  national_pattern text not null          -- pattern: a complete national number
) with (fillfactor = 10);

create unique index phone_region_calling_code on ssot.phone_region (calling_code) where main;

-- begin generated phone regions
insert into ssot.phone_region
  (country, calling_code, main, international_prefix, national_prefix, carrier_pattern,
   lengths, doubtful_lengths, national_pattern)
values
  ('AC', '247', true, '00', null, null, '{5,6}', '{}', '(?:[01589][0-9]|[2-467])[0-9]{4}'),
  ('AD', '376', true, '00', null, null, '{6,8,9}', '{}', '(?:1|6[0-9])[0-9]{7}|[135-9][0-9]{5}'),
  ('AE', '971', true, '00', '0', null, '{5,6,7,8,9,10,11,12}', '{}', '(?:[4-7][0-9]|9[0-689])[0-9]{7}|800[0-9]{2,9}|[2-4679][0-9]{7}'),
  ('AF', '93', true, '00', '0', null, '{9}', '{}', '[2-7][0-9]{8}'),
  ('AG', '1', false, '011', '1', '([457][0-9]{6})$|1', '{10}', '{7}', '(?:268|[58][0-9][0-9]|900)[0-9]{7}'),
  ('AI', '1', false, '011', '1', '([2457][0-9]{6})$|1', '{10}', '{7}', '(?:264|[58][0-9][0-9]|900)[0-9]{7}'),
  ('AL', '355', true, '00', '0', null, '{6,7,8,9}', '{}', '(?:700[0-9][0-9]|900)[0-9]{3}|8[0-9]{5,7}|(?:[2-5]|6[0-9])[0-9]{7}'),
  ('AM', '374', true, '00', '0', null, '{8}', '{}', '(?:[1-489][0-9]|55|60|77)[0-9]{6}'),
  ('AO', '244', true, '00', null, null, '{9}', '{}', '[29][0-9]{8}'),
  ('AR', '54', true, '00', '0', '0?(?:(11|2(?:2(?:02?|[13]|2[13-79]|4[1-6]|5[2457]|6[124-8]|7[1-4]|8[13-6]|9[1267])|3(?:02?|1[467]|2[03-6]|3[13-8]|[49][2-6]|5[2-8]|[67])|4(?:7[3-578]|9)|6(?:[0136]|2[24-6]|4[6-8]?|5[15-8])|80|9(?:0[1-3]|[19]|2[0-9]|3[1-6]|4[02568]?|5[2-4]|6[2-46]|72?|8[23]?))|3(?:3(?:2[79]|6|8[2578])|4(?:0[0-24-9]|[12]|3[5-8]?|4[24-7]|5[4-68]?|6[02-9]|7[126]|8[2379]?|9[1-36-8])|5(?:1|2[1245]|3[237]?|4[1-46-9]|6[2-4]|7[1-6]|8[2-5]?)|6[24]|7(?:[069]|1[1568]|2[15]|3[145]|4[13]|5[14-8]|7[2-57]|8[126])|8(?:[01]|2[15-7]|3[2578]?|4[13-6]|5[4-8]?|6[1-357-9]|7[36-8]?|8[5-8]?|9[124])))15)?', '{10,11}', '{}', '(?:11|[89][0-9][0-9])[0-9]{8}|[2368][0-9]{9}'),
  ('AS', '1', false, '011', '1', '([267][0-9]{6})$|1', '{10}', '{7}', '(?:[58][0-9][0-9]|684|900)[0-9]{7}'),
  ('AT', '43', true, '00', '0', null, '{4,5,6,7,8,9,10,11,12,13}', '{}', '1[0-9]{3,12}|2[0-9]{6,12}|43(?:(?:0[0-9]|5[02-9])[0-9]{3,9}|2[0-9]{4,5}|[3467][0-9]{4}|8[0-9]{4,6}|9[0-9]{4,7})|5[0-9]{4,12}|8[0-9]{7,12}|9[0-9]{8,12}|(?:[367][0-9]|4[0-24-9])[0-9]{4,11}'),
  ('AU', '61', true, '001[14-689]|14(?:1[14]|34|4[17]|[56]6|7[47]|88)0011', '0', '(183[12])|0', '{6,7,8,9,10,12}', '{5}', '1(?:[0-79][0-9]{7}(?:[0-9](?:[0-9]{2})?)?|8[0-24-9][0-9]{7})|[2-478][0-9]{8}|1[0-9]{4,7}'),
  ('AW', '297', true, '00', null, null, '{7}', '{}', '(?:[25-79][0-9][0-9]|800)[0-9]{4}'),
  ('AX', '358', false, '00|99(?:[01469]|5(?:[14]1|3[23]|5[59]|77|88|9[09]))', '0', null, '{5,6,7,8,9,10,11,12}', '{}', '2[0-9]{4,9}|35[0-9]{4,5}|(?:60[0-9][0-9]|800)[0-9]{4,6}|7[0-9]{5,11}|(?:[14][0-9]|3[0-46-9]|50)[0-9]{4,8}'),
  ('AZ', '994', true, '00', '0', null, '{9}', '{}', '365[0-9]{6}|(?:[124579][0-9]|60|88)[0-9]{7}'),
  ('BA', '387', true, '00', '0', null, '{8,9}', '{}', '6[0-9]{8}|(?:[35689][0-9]|49|70)[0-9]{6}'),
  ('BB', '1', false, '011', '1', '([2-9][0-9]{6})$|1', '{10}', '{7}', '(?:246|[58][0-9][0-9]|900)[0-9]{7}'),
  ('BD', '880', true, '00', '0', null, '{6,7,8,9,10}', '{}', '[1-469][0-9]{9}|8[0-79][0-9]{7,8}|[2-79][0-9]{8}|[2-9][0-9]{7}|[3-9][0-9]{6}|[57-9][0-9]{5}'),
  ('BE', '32', true, '00', '0', null, '{8,9}', '{}', '4[0-9]{8}|[1-9][0-9]{7}'),
  ('BF', '226', true, '00', null, null, '{8}', '{}', '[024-7][0-9]{7}'),
  ('BG', '359', true, '00', '0', null, '{6,7,8,9,12}', '{}', '00800[0-9]{7}|[2-7][0-9]{6,7}|[89][0-9]{6,8}|2[0-9]{5}'),
  ('BH', '973', true, '00', null, null, '{8}', '{}', '[136-9][0-9]{7}'),
  ('BI', '257', true, '00', null, null, '{8}', '{}', '(?:[267][0-9]|31)[0-9]{6}'),
  ('BJ', '229', true, '00', null, null, '{10}', '{}', '01[0-9]{8}'),
  ('BL', '590', false, '00', '0', null, '{9}', '{}', '7090[0-9]{5}|(?:[56]9|[89][0-9])[0-9]{7}'),
  ('BM', '1', false, '011', '1', '([2-9][0-9]{6})$|1', '{10}', '{7}', '(?:441|[58][0-9][0-9]|900)[0-9]{7}'),
  ('BN', '673', true, '00', null, null, '{7}', '{}', '[2-578][0-9]{6}'),
  ('BO', '591', true, '00(?:1[0-9])?', '0', '0(1[0-9])?', '{8,9}', '{}', '(?:[2-7][0-9][0-9]|8001)[0-9]{5}'),
  ('BQ', '599', false, '00', null, null, '{7}', '{8}', '(?:[34]1|7[0-9])[0-9]{5}'),
  ('BR', '55', true, '00(?:1[245]|2[1-35]|31|4[13]|[56]5|99)', '0', '(?:0|90)(?:(1[245]|2[1-35]|31|4[13]|[56]5|99)([0-9]{10,11}))?', '{8,9,10,11}', '{}', '[1-467][0-9]{9,10}|55[0-46-9][0-9]{8}|[34][0-9]{7}|55[0-9]{7,8}|(?:5[0-46-9]|[89][0-9])[0-9]{7,9}'),
  ('BS', '1', false, '011', '1', '([3-8][0-9]{6})$|1', '{10}', '{7}', '(?:242|[58][0-9][0-9]|900)[0-9]{7}'),
  ('BT', '975', true, '00', null, null, '{7,8}', '{}', '[178][0-9]{7}|[2-8][0-9]{6}'),
  ('BW', '267', true, '00', null, null, '{7,8,10}', '{}', '90[0-9]{5}|(?:0800|[2-6]|(?:7|800)[0-9])[0-9]{6}'),
  ('BY', '375', true, '810', '0|80?', null, '{6,7,8,9,10,11}', '{}', '(?:[12][0-9]|33|44|902)[0-9]{7}|8(?:0[0-79][0-9]{5,7}|[1-7][0-9]{9})|8(?:1[0-489]|[5-79][0-9])[0-9]{7}|8[1-79][0-9]{6,7}|8[0-79][0-9]{5}|8[0-9]{5}'),
  ('BZ', '501', true, '00', null, null, '{7,11}', '{}', '(?:0800[0-9]|[2-8])[0-9]{6}'),
  ('CA', '1', false, '011', '1', null, '{10}', '{7}', '[2-9][0-9]{9}|3[0-9]{6}'),
  ('CC', '61', false, '001[14-689]|14(?:1[14]|34|4[17]|[56]6|7[47]|88)0011', '0', '([59][0-9]{7})$|0', '{6,7,8,9,10,12}', '{5}', '1(?:[0-79][0-9]{8}(?:[0-9]{2})?|8[0-24-9][0-9]{7})|[148][0-9]{8}|1[0-9]{5,7}'),
  ('CD', '243', true, '00', '0', null, '{7,8,9,10}', '{}', '(?:(?:[189]|5[0-9])[0-9]|2)[0-9]{7}|[1-68][0-9]{6}'),
  ('CF', '236', true, '00', null, null, '{8}', '{}', '8776[0-9]{4}|(?:[27][0-9]|61)[0-9]{6}'),
  ('CG', '242', true, '00', null, null, '{9}', '{}', '222[0-9]{6}|(?:0[0-9]|80)[0-9]{7}'),
  ('CH', '41', true, '00', '0', null, '{9,12}', '{}', '8[0-9]{11}|[2-9][0-9]{8}'),
  ('CI', '225', true, '00', null, null, '{10}', '{}', '[02][0-9]{9}'),
  ('CK', '682', true, '00', null, null, '{5}', '{}', '[2-578][0-9]{4}'),
  ('CL', '56', true, '(?:0|1(?:1[0-69]|2[02-5]|5[13-58]|69|7[0167]|8[018]))0', null, null, '{9,10,11}', '{}', '12300[0-9]{6}|6[0-9]{9,10}|[2-9][0-9]{8}'),
  ('CM', '237', true, '00', null, null, '{8,9}', '{}', '[26][0-9]{8}|88[0-9]{6,7}'),
  ('CN', '86', true, '00|1(?:[12][0-9]|79)[0-9][0-9]00', '0', '(1(?:[12][0-9]|79)[0-9][0-9])|0', '{7,8,9,10,11,12}', '{}', '(?:(?:1[03-689]|2[0-9])[0-9][0-9]|6)[0-9]{8}|1[0-9]{10}|[126][0-9]{6}(?:[0-9](?:[0-9]{2})?)?|86[0-9]{5,6}|(?:[3-579][0-9]|8[0-57-9])[0-9]{5,9}'),
  ('CO', '57', true, '00(?:4(?:[14]4|56)|[579])', '0', '0([3579]|4(?:[14]4|56))?', '{8,10,11}', '{}', '(?:46|60[0-9][0-9])[0-9]{6}|(?:1[0-9]|[39])[0-9]{9}'),
  ('CR', '506', true, '00', null, '(19(?:0[0-2468]|1[09]|20|66|77|99))', '{8,10}', '{}', '(?:8[0-9]|90)[0-9]{8}|(?:[24-8][0-9]{3}|3005)[0-9]{4}'),
  ('CU', '53', true, '119', '0', null, '{6,7,8,10}', '{}', '(?:[2-7]|8[0-9][0-9])[0-9]{7}|[2-47][0-9]{6}|[34][0-9]{5}'),
  ('CV', '238', true, '0', null, null, '{7}', '{}', '(?:[2-59][0-9][0-9]|800)[0-9]{4}'),
  ('CW', '599', true, '00', null, null, '{7}', '{8}', '(?:[34]1|60|(?:7|9[0-9])[0-9])[0-9]{5}'),
  ('CX', '61', false, '001[14-689]|14(?:1[14]|34|4[17]|[56]6|7[47]|88)0011', '0', '([59][0-9]{7})$|0', '{6,7,8,9,10,12}', '{5}', '1(?:[0-79][0-9]{8}(?:[0-9]{2})?|8[0-24-9][0-9]{7})|[148][0-9]{8}|1[0-9]{5,7}'),
  ('CY', '357', true, '00', null, null, '{8}', '{}', '(?:[279][0-9]|[58]0)[0-9]{6}'),
  ('CZ', '420', true, '00', null, null, '{9,10,11,12}', '{}', '(?:[2-578][0-9]|60)[0-9]{7}|9[0-9]{8,11}'),
  ('DE', '49', true, '00', '0', null, '{4,5,6,7,8,9,10,11,12,13,14,15}', '{}', '[2579][0-9]{5,14}|49(?:[34]0|69|8[0-9])[0-9][0-9]?|49(?:37|49|60|7[089]|9[0-9])[0-9]{1,3}|49(?:2[024-9]|3[2-689]|7[1-7])[0-9]{1,8}|(?:1|[368][0-9]|4[0-8])[0-9]{3,13}|49(?:[015][0-9]|2[13]|31|[46][1-8])[0-9]{1,9}'),
  ('DJ', '253', true, '00', null, null, '{8}', '{}', '(?:2[0-9]|77)[0-9]{6}'),
  ('DK', '45', true, '00', null, null, '{8}', '{}', '[2-9][0-9]{7}'),
  ('DM', '1', false, '011', '1', '([2-7][0-9]{6})$|1', '{10}', '{7}', '(?:[58][0-9][0-9]|767|900)[0-9]{7}'),
  ('DO', '1', false, '011', '1', null, '{10}', '{7}', '(?:[58][0-9][0-9]|900)[0-9]{7}'),
  ('DZ', '213', true, '00', '0', null, '{8,9}', '{}', '(?:[1-4]|[5-79][0-9]|80)[0-9]{7}'),
  ('EC', '593', true, '00', '0', null, '{8,9,10,11}', '{}', '1[0-9]{9,10}|(?:[2-7]|9[0-9])[0-9]{7}'),
  ('EE', '372', true, '00', null, null, '{7,8,10}', '{}', '8[0-9]{9}|[4578][0-9]{7}|(?:[3-8][0-9]|90)[0-9]{5}'),
  ('EG', '20', true, '00', '0', null, '{8,9,10}', '{}', '[189][0-9]{8,9}|[24-6][0-9]{8}|[135][0-9]{7}'),
  ('EH', '212', false, '00', '0', null, '{9}', '{}', '[5-8][0-9]{8}'),
  ('ER', '291', true, '00', '0', null, '{7}', '{}', '[178][0-9]{6}'),
  ('ES', '34', true, '00', null, null, '{9}', '{}', '400[0-9]{6}|(?:51|[6-9][0-9])[0-9]{7}'),
  ('ET', '251', true, '00', '0', null, '{9}', '{}', '(?:11|[2-57-9][0-9])[0-9]{7}'),
  ('FI', '358', true, '00|99(?:[01469]|5(?:[14]1|3[23]|5[59]|77|88|9[09]))', '0', null, '{5,6,7,8,9,10,11,12}', '{}', '[1-35689][0-9]{4}|7[0-9]{10,11}|(?:[124-7][0-9]|3[0-46-9])[0-9]{8}|[1-9][0-9]{5,8}'),
  ('FJ', '679', true, '0(?:0|52)', null, null, '{7,11}', '{}', '45[0-9]{5}|(?:0800[0-9]|[235-9])[0-9]{6}'),
  ('FK', '500', true, '00', null, null, '{5}', '{}', '[2-7][0-9]{4}'),
  ('FM', '691', true, '00', null, null, '{7}', '{}', '(?:[39][0-9][0-9]|820)[0-9]{4}'),
  ('FO', '298', true, '00', null, '(10(?:01|[12]0|88))', '{6}', '{}', '[2-9][0-9]{5}'),
  ('FR', '33', true, '00', '0', null, '{9}', '{}', '[1-9][0-9]{8}'),
  ('GA', '241', true, '00', null, '0(11[0-9]{6}|60[0-9]{6}|61[0-9]{6}|6[256][0-9]{6}|7[467][0-9]{6})', '{7,8}', '{}', '(?:[067][0-9]|11)[0-9]{6}|[2-7][0-9]{6}'),
  ('GB', '44', true, '00', '0|180020', null, '{10}', '{7,9}', '[1-357-9][0-9]{9}|[18][0-9]{8}|8[0-9]{6}'),
  ('GD', '1', false, '011', '1', '([2-9][0-9]{6})$|1', '{10}', '{7}', '(?:473|[58][0-9][0-9]|900)[0-9]{7}'),
  ('GE', '995', true, '00', '0', null, '{9}', '{}', '(?:[3-57][0-9][0-9]|800)[0-9]{6}'),
  ('GF', '594', true, '00', '0', null, '{9}', '{}', '(?:694[0-9]|7093)[0-9]{5}|(?:59|[89][0-9])[0-9]{7}'),
  ('GG', '44', false, '00', '0', '([25-9][0-9]{5})$|0|180020', '{10}', '{7,9}', '(?:1481|[357-9][0-9]{3})[0-9]{6}|8[0-9]{6}(?:[0-9]{2})?'),
  ('GH', '233', true, '00', '0', null, '{8,9}', '{}', '[235][0-9]{8}|800[0-9]{5,6}'),
  ('GI', '350', true, '00', null, null, '{8}', '{}', '(?:[25][0-9]|60)[0-9]{6}'),
  ('GL', '299', true, '00', null, null, '{6}', '{}', '(?:19|[2-689][0-9]|70)[0-9]{4}'),
  ('GM', '220', true, '00', null, null, '{7,9}', '{}', '[48][0-9]{8}|[2-9][0-9]{6}'),
  ('GN', '224', true, '00', null, null, '{8,9}', '{}', '722[0-9]{6}|(?:3|6[0-9])[0-9]{7}'),
  ('GP', '590', true, '00', '0', null, '{9}', '{}', '7090[0-9]{5}|(?:[56]9|[89][0-9])[0-9]{7}'),
  ('GQ', '240', true, '00', null, null, '{9}', '{}', '222[0-9]{6}|(?:3[0-9]|55|[89]0)[0-9]{7}'),
  ('GR', '30', true, '00', null, null, '{10,11,12}', '{}', '5005000[0-9]{3}|8[0-9]{9,11}|(?:[269][0-9]|70)[0-9]{8}'),
  ('GT', '502', true, '00', null, null, '{8,11}', '{}', '80[0-9]{6}|(?:1[0-9]{3}|[2-7])[0-9]{7}'),
  ('GU', '1', false, '011', '1', '([2-9][0-9]{6})$|1', '{10}', '{7}', '(?:[58][0-9][0-9]|671|900)[0-9]{7}'),
  ('GW', '245', true, '00', null, null, '{7,9}', '{}', '[49][0-9]{8}|4[0-9]{6}'),
  ('GY', '592', true, '001', null, null, '{7}', '{}', '(?:[2-8][0-9]{3}|9008)[0-9]{3}'),
  ('HK', '852', true, '00(?:30|5[09]|[126-9]?)', null, null, '{5,6,7,8,9,11}', '{}', '8[0-46-9][0-9]{6,7}|9[0-9]{4,7}|(?:[2-7]|9[0-9]{3})[0-9]{7}'),
  ('HN', '504', true, '00', null, null, '{8,11}', '{}', '8[0-9]{10}|[237-9][0-9]{7}'),
  ('HR', '385', true, '00', '0', null, '{7,8,9}', '{}', '[2-69][0-9]{8}|80[0-9]{5,7}|[1-79][0-9]{7}|6[0-9]{6}'),
  ('HT', '509', true, '00', null, null, '{8}', '{}', '[2-589][0-9]{7}'),
  ('HU', '36', true, '00', '06', null, '{8,9}', '{}', '[235-7][0-9]{8}|[1-9][0-9]{7}'),
  ('ID', '62', true, '00[89]', '0', null, '{7,8,9,10,11,12,13,14,15,16,17}', '{}', '00[1-9][0-9]{9,14}|(?:[1-36]|8[0-9]{5})[0-9]{6}|00[0-9]{9}|[1-9][0-9]{8,10}|[2-9][0-9]{7}'),
  ('IE', '353', true, '00', '0', null, '{7,8,9,10}', '{}', '(?:1[0-9]|[2569])[0-9]{6,8}|4[0-9]{6,9}|7[0-9]{8}|8[0-9]{8,9}'),
  ('IL', '972', true, '0(?:0|1(?:05|[2-9]))', '0', null, '{7,8,9,10,11,12}', '{}', '1[0-9]{6}(?:[0-9]{3,5})?|[57][0-9]{8}|[1-489][0-9]{7}'),
  ('IM', '44', false, '00', '0', '([25-8][0-9]{5})$|0|180020', '{10}', '{7,9}', '1624[0-9]{6}|(?:[3578][0-9]|90)[0-9]{8}'),
  ('IN', '91', true, '00', '0', null, '{8,9,10,11,12,13}', '{}', '(?:000800|[2-9][0-9][0-9])[0-9]{7}|1[0-9]{7,12}'),
  ('IO', '246', true, '00', null, null, '{7}', '{}', '3[0-9]{6}'),
  ('IQ', '964', true, '00', '0', null, '{8,9,10}', '{}', '(?:1|7[0-9][0-9])[0-9]{7}|[2-6][0-9]{7,8}'),
  ('IR', '98', true, '00', '0', null, '{4,5,6,7,10}', '{}', '[1-9][0-9]{9}|(?:[1-8][0-9][0-9]|9)[0-9]{3,4}'),
  ('IS', '354', true, '00|1(?:0(?:01|[12]0)|100)', null, null, '{7,9}', '{}', '(?:38[0-9]|[4-9])[0-9]{6}'),
  ('IT', '39', true, '00', null, null, '{6,7,8,9,10,11,12}', '{}', '0[0-9]{5,11}|1[0-9]{8,10}|3(?:[0-8][0-9]{7,10}|9[0-9]{7,8})|(?:43|55|70)[0-9]{8}|8[0-9]{5}(?:[0-9]{2,4})?'),
  ('JE', '44', false, '00', '0', '([0-24-8][0-9]{5})$|0|180020', '{10}', '{7,9}', '1534[0-9]{6}|(?:[3578][0-9]|90)[0-9]{8}'),
  ('JM', '1', false, '011', '1', null, '{10}', '{7}', '(?:[58][0-9][0-9]|658|900)[0-9]{7}'),
  ('JO', '962', true, '00', '0', null, '{8,9}', '{}', '(?:(?:[2689]|7[0-9])[0-9]|32|427|53)[0-9]{6}'),
  ('JP', '81', true, '010', '0', '(000[2569][0-9]{4,6})$|(?:(?:003768)0?)|0', '{8,9,10,11,12,13,14,15,16,17}', '{}', '00[1-9][0-9]{6,14}|[25-9][0-9]{9}|(?:00|[1-9][0-9][0-9])[0-9]{6}'),
  ('KE', '254', true, '000', '0', null, '{7,8,9,10}', '{}', '(?:[17][0-9][0-9]|900)[0-9]{6}|(?:2|80)0[0-9]{6,7}|[4-6][0-9]{6,8}'),
  ('KG', '996', true, '00', '0', null, '{9,10}', '{}', '8[0-9]{9}|[235-9][0-9]{8}'),
  ('KH', '855', true, '00[14-9]', '0', null, '{8,9,10}', '{}', '1[0-9]{9}|[1-9][0-9]{7,8}'),
  ('KI', '686', true, '00', '0', null, '{5,8}', '{}', '(?:[37][0-9]|6[0-79])[0-9]{6}|(?:[2-48][0-9]|50)[0-9]{3}'),
  ('KM', '269', true, '00', null, null, '{7}', '{}', '[3478][0-9]{6}'),
  ('KN', '1', false, '011', '1', '([2-7][0-9]{6})$|1', '{10}', '{7}', '(?:[58][0-9][0-9]|900)[0-9]{7}'),
  ('KP', '850', true, '00|99', '0', null, '{8,10}', '{}', '85[0-9]{6}|(?:19[0-9]|[2-7])[0-9]{7}'),
  ('KR', '82', true, '00(?:[125689]|3(?:[46]5|91)|7(?:00|27|3|55|6[126]))', '0', '0(8(?:[1-46-8]|5[0-9][0-9]))?', '{5,6,8,9,10,11,12,13,14}', '{}', '00[1-9][0-9]{8,11}|(?:[12]|5[0-9]{3})[0-9]{7}|[13-6][0-9]{9}|(?:[1-6][0-9]|80)[0-9]{7}|[3-6][0-9]{4,5}|(?:00|7)0[0-9]{8}'),
  ('KW', '965', true, '00', null, null, '{7,8}', '{}', '18[0-9]{5}|(?:[2569][0-9]|41)[0-9]{6}'),
  ('KY', '1', false, '011', '1', '([2-9][0-9]{6})$|1', '{10}', '{7}', '(?:345|[58][0-9][0-9]|900)[0-9]{7}'),
  ('KZ', '7', false, '810', '8', null, '{10,14}', '{}', '8[0-9]{13}|[78][0-9]{9}'),
  ('LA', '856', true, '00', '0', null, '{8,9,10}', '{}', '(?:2[0-9]|3)[0-9]{8}|(?:[235-8][0-9]|41)[0-9]{6}'),
  ('LB', '961', true, '00', '0', null, '{7,8}', '{}', '[27-9][0-9]{7}|[13-9][0-9]{6}'),
  ('LC', '1', false, '011', '1', '([2-8][0-9]{6})$|1', '{10}', '{7}', '(?:[58][0-9][0-9]|758|900)[0-9]{7}'),
  ('LI', '423', true, '00', '0', '(1001)|0', '{7,9}', '{}', '[68][0-9]{8}|(?:[2378][0-9]|90)[0-9]{5}'),
  ('LK', '94', true, '00', '0', null, '{9}', '{}', '[1-9][0-9]{8}'),
  ('LR', '231', true, '00', '0', null, '{7,8,9}', '{}', '(?:[2457][0-9]|33|88)[0-9]{7}|(?:2[0-9]|[4-6])[0-9]{6}'),
  ('LS', '266', true, '00', null, null, '{8}', '{}', '(?:[256][0-9][0-9]|800)[0-9]{5}'),
  ('LT', '370', true, '00', '[08]', null, '{8}', '{}', '(?:[3469][0-9]|52|[78]0)[0-9]{6}'),
  ('LU', '352', true, '00', null, '(15(?:0[06]|1[12]|[35]5|4[04]|6[26]|77|88|99)[0-9])', '{4,5,6,7,8,9,10,11}', '{}', '35[013-9][0-9]{4,8}|6[0-9]{8}|35[0-9]{2,4}|(?:[2457-9][0-9]|3[0-46-9])[0-9]{2,9}'),
  ('LV', '371', true, '00', null, null, '{8}', '{}', '(?:[268][0-9]|78|90)[0-9]{6}'),
  ('LY', '218', true, '00', '0', null, '{9}', '{}', '[2-9][0-9]{8}'),
  ('MA', '212', true, '00', '0', null, '{9}', '{}', '[5-8][0-9]{8}'),
  ('MC', '377', true, '00', '0', null, '{8,9}', '{}', '(?:[3489]|[67][0-9])[0-9]{7}'),
  ('MD', '373', true, '00', '0', null, '{8}', '{}', '(?:[235-7][0-9]|[89]0)[0-9]{6}'),
  ('ME', '382', true, '00', '0', null, '{8,9}', '{}', '(?:20|[3-79][0-9])[0-9]{6}|80[0-9]{6,7}'),
  ('MF', '590', false, '00', '0', null, '{9}', '{}', '7090[0-9]{5}|(?:[56]9|[89][0-9])[0-9]{7}'),
  ('MG', '261', true, '00', '0', '([24-9][0-9]{6})$|0', '{9}', '{}', '[23][0-9]{8}'),
  ('MH', '692', true, '011', '1', null, '{7}', '{}', '329[0-9]{4}|(?:[256][0-9]|45)[0-9]{5}'),
  ('MK', '389', true, '00', '0', null, '{8}', '{}', '[2-578][0-9]{7}'),
  ('ML', '223', true, '00', null, null, '{8}', '{}', '[24-9][0-9]{7}'),
  ('MM', '95', true, '00', '0', null, '{6,7,8,9,10}', '{}', '1[0-9]{5,7}|95[0-9]{6}|(?:[4-7]|9[0-46-9])[0-9]{6,8}|(?:2|8[0-9])[0-9]{5,8}'),
  ('MN', '976', true, '001', '0', null, '{8,9,10}', '{}', '[12][0-9]{7,9}|[5-9][0-9]{7}'),
  ('MO', '853', true, '00', null, null, '{7,8}', '{}', '0800[0-9]{3}|(?:28|[68][0-9])[0-9]{6}'),
  ('MP', '1', false, '011', '1', '([2-9][0-9]{6})$|1', '{10}', '{7}', '[58][0-9]{9}|(?:67|90)0[0-9]{7}'),
  ('MQ', '596', true, '00', '0', null, '{9}', '{}', '7091[0-9]{5}|(?:[56]9|[89][0-9])[0-9]{7}'),
  ('MR', '222', true, '00', null, null, '{8}', '{}', '(?:[2-4][0-9][0-9]|800)[0-9]{5}'),
  ('MS', '1', false, '011', '1', '([34][0-9]{6})$|1', '{10}', '{7}', '(?:[58][0-9][0-9]|664|900)[0-9]{7}'),
  ('MT', '356', true, '00', null, null, '{8}', '{}', '3550[0-9]{4}|(?:[2579][0-9][0-9]|800)[0-9]{5}'),
  ('MU', '230', true, '0(?:0|[24-7]0|3[03])', null, null, '{7,8,10}', '{}', '(?:[57]|8[0-9][0-9])[0-9]{7}|[2-468][0-9]{6}'),
  ('MV', '960', true, '0(?:0|19)', null, null, '{7,10}', '{}', '(?:800|9[0-57-9][0-9])[0-9]{7}|[34679][0-9]{6}'),
  ('MW', '265', true, '00', '0', null, '{7,9}', '{}', '(?:[1289][0-9]|31|77)[0-9]{7}|1[0-9]{6}'),
  ('MX', '52', true, '0[09]', null, null, '{10}', '{}', '[2-9][0-9]{9}'),
  ('MY', '60', true, '00', '0', null, '{8,9,10}', '{}', '1[0-9]{8,9}|(?:3[0-9]|[4-9])[0-9]{7}'),
  ('MZ', '258', true, '00', null, null, '{8,9}', '{}', '(?:2|8[0-9])[0-9]{7}'),
  ('NA', '264', true, '00', '0', null, '{8,9}', '{}', '[68][0-9]{7,8}'),
  ('NC', '687', true, '00', null, null, '{6}', '{}', '(?:050|[2-57-9][0-9][0-9])[0-9]{3}'),
  ('NE', '227', true, '00', null, null, '{8}', '{}', '[027-9][0-9]{7}'),
  ('NF', '672', true, '00', null, '([0-258][0-9]{4})$', '{6}', '{}', '[13][0-9]{5}'),
  ('NG', '234', true, '009', '0', null, '{10,11,12,13,14}', '{}', '(?:20|9[0-9])[0-9]{8}|[78][0-9]{9,13}'),
  ('NI', '505', true, '00', null, null, '{8}', '{}', '(?:1800|[25-8][0-9]{3})[0-9]{4}'),
  ('NL', '31', true, '00', '0', null, '{5,6,7,8,9,10,11}', '{}', '(?:[124-7][0-9][0-9]|3(?:[02-9][0-9]|1[0-8]))[0-9]{6}|8[0-9]{6,9}|9[0-9]{6,10}|1[0-9]{4,5}'),
  ('NO', '47', true, '00', null, null, '{5,8}', '{}', '(?:0|[2-9][0-9]{3})[0-9]{4}'),
  ('NP', '977', true, '00', '0', null, '{8,10,11}', '{}', '(?:1[0-9]|9)[0-9]{9}|[1-9][0-9]{7}'),
  ('NR', '674', true, '00', null, null, '{7}', '{}', '(?:222|444|(?:55|8[0-9])[0-9]|666|777|999)[0-9]{4}'),
  ('NU', '683', true, '00', null, null, '{4,7}', '{}', '(?:[4-7]|888[0-9])[0-9]{3}'),
  ('NZ', '64', true, '0(?:0|161)', '0', null, '{5,6,7,8,9,10}', '{}', '[1289][0-9]{9}|50[0-9]{5}(?:[0-9]{2,3})?|[27-9][0-9]{7,8}|(?:[34][0-9]|6[0-35-9])[0-9]{6}|8[0-9]{4,6}'),
  ('OM', '968', true, '00', null, null, '{7,8,9}', '{}', '(?:1505|[279][0-9]{3}|500)[0-9]{4}|800[0-9]{5,6}'),
  ('PA', '507', true, '00', null, null, '{7,8,10,11}', '{}', '(?:00800|8[0-9]{3})[0-9]{6}|[68][0-9]{7}|[1-57-9][0-9]{6}'),
  ('PE', '51', true, '00|19(?:1[124]|77|90)00', '0', null, '{8,9}', '{}', '(?:[14-8]|9[0-9])[0-9]{7}'),
  ('PF', '689', true, '00', null, null, '{6,8,9}', '{}', '4[0-9]{5}(?:[0-9]{2})?|8[0-9]{7,8}'),
  ('PG', '675', true, '00|140[1-3]', null, null, '{7,8}', '{}', '(?:180|[78][0-9]{3})[0-9]{4}|(?:[2-589][0-9]|64)[0-9]{5}'),
  ('PH', '63', true, '00', '0', null, '{6,8,9,10,11,12,13}', '{}', '(?:[2-7]|9[0-9])[0-9]{8}|2[0-9]{5}|(?:1800|8)[0-9]{7,9}'),
  ('PK', '92', true, '00', '0', null, '{8,9,10,11,12}', '{}', '122[0-9]{6}|[24-8][0-9]{10,11}|9(?:[013-9][0-9]{8,10}|2(?:[01][0-9][0-9]|2(?:[06-8][0-9]|1[01]))[0-9]{7})|(?:[2-8][0-9]{3}|92(?:[0-7][0-9]|8[1-9]))[0-9]{6}|[24-9][0-9]{8}|[89][0-9]{7}'),
  ('PL', '48', true, '00', null, null, '{6,7,8,9,10}', '{}', '(?:6|8[0-9][0-9])[0-9]{7}|[1-9][0-9]{6}(?:[0-9]{2})?|[26][0-9]{5}'),
  ('PM', '508', true, '00', '0', null, '{6,9}', '{}', '[78][0-9]{8}|[2-9][0-9]{5}'),
  ('PR', '1', false, '011', '1', null, '{10}', '{7}', '(?:[589][0-9][0-9]|787)[0-9]{7}'),
  ('PS', '970', true, '00', '0', null, '{8,9,10}', '{}', '[2489]2[0-9]{6}|(?:1[0-9]|5)[0-9]{8}'),
  ('PT', '351', true, '00', null, null, '{9}', '{}', '1693[0-9]{5}|(?:[26-9][0-9]|30)[0-9]{7}'),
  ('PW', '680', true, '01[12]', null, null, '{7}', '{}', '(?:[24-8][0-9][0-9]|345|900)[0-9]{4}'),
  ('PY', '595', true, '00', '0', null, '{6,7,8,9,10,11}', '{}', '[36-8][0-9]{5,8}|4[0-9]{6,8}|59[0-9]{6}|9[0-9]{5,10}|(?:2[0-9]|5[0-8])[0-9]{6,7}'),
  ('QA', '974', true, '00', null, null, '{7,8,9,11}', '{}', '800[0-9]{4}|(?:2|800)[0-9]{6}|(?:0080|[3-7])[0-9]{7}'),
  ('RE', '262', true, '00', '0', null, '{9}', '{}', '709[0-9]{6}|(?:26|[689][0-9])[0-9]{7}'),
  ('RO', '40', true, '00', '0', null, '{6,9}', '{}', '(?:[2378][0-9]|90)[0-9]{7}|[23][0-9]{5}'),
  ('RS', '381', true, '00', '0', null, '{6,7,8,9,10,11,12}', '{}', '38[02-9][0-9]{6,9}|6[0-9]{7,9}|90[0-9]{4,8}|38[0-9]{5,6}|(?:7[0-9][0-9]|800)[0-9]{3,9}|(?:[12][0-9]|3[0-79])[0-9]{5,10}'),
  ('RU', '7', true, '810', '8', null, '{10,14}', '{}', '8[0-9]{13}|[347-9][0-9]{9}'),
  ('RW', '250', true, '00', '0', null, '{8,9}', '{}', '(?:06|[27][0-9][0-9]|[89]00)[0-9]{6}'),
  ('SA', '966', true, '00', '0', null, '{9,10}', '{}', '(?:[15][0-9]|800|92)[0-9]{7}'),
  ('SB', '677', true, '0[01]', null, null, '{5,7}', '{}', '[6-9][0-9]{6}|[1-6][0-9]{4}'),
  ('SC', '248', true, '010|0[0-2]', null, null, '{7}', '{}', '(?:[2489][0-9]|64)[0-9]{5}'),
  ('SD', '249', true, '00', '0', null, '{9}', '{}', '[19][0-9]{8}'),
  ('SE', '46', true, '00', '0', null, '{6,7,8,9,10,12}', '{}', '(?:[26][0-9][0-9]|9)[0-9]{9}|[1-9][0-9]{8}|[1-689][0-9]{7}|[1-4689][0-9]{6}|2[0-9]{5}'),
  ('SG', '65', true, '0[0-3][0-9]', null, null, '{8,10,11}', '{}', '(?:(?:1[0-9]|8)[0-9][0-9]|7000)[0-9]{7}|[3689][0-9]{7}'),
  ('SH', '290', true, '00', null, null, '{4}', '{5}', '(?:[2569][0-9]|8)[0-9]{3}'),
  ('SI', '386', true, '00|10(?:22|66|88|99)', '0', null, '{5,6,7,8}', '{}', '[1-7][0-9]{7}|8[0-9]{4,7}|90[0-9]{4,6}'),
  ('SJ', '47', false, '00', null, null, '{5,8}', '{}', '0[0-9]{4}|(?:[489][0-9]|79)[0-9]{6}'),
  ('SK', '421', true, '00', '0', null, '{6,7,9}', '{}', '[2-689][0-9]{8}|[2-59][0-9]{6}|[2-5][0-9]{5}'),
  ('SL', '232', true, '00', '0', null, '{8}', '{}', '(?:[237-9][0-9]|66)[0-9]{6}'),
  ('SM', '378', true, '00', null, '([89][0-9]{5})$', '{8,10}', '{}', '(?:0549|[5-7][0-9])[0-9]{6}'),
  ('SN', '221', true, '00', null, null, '{9}', '{}', '(?:[378][0-9]|93)[0-9]{7}'),
  ('SO', '252', true, '00', '0', null, '{6,7,8,9}', '{}', '[346-9][0-9]{8}|[12679][0-9]{7}|[1-5][0-9]{6}|[1348][0-9]{5}'),
  ('SR', '597', true, '00', null, null, '{6,7}', '{}', '(?:[2-5]|[6-9][0-9])[0-9]{5}'),
  ('SS', '211', true, '00', '0', null, '{9}', '{}', '[19][0-9]{8}'),
  ('ST', '239', true, '00', null, null, '{7}', '{}', '(?:22|9[0-9])[0-9]{5}'),
  ('SV', '503', true, '00', null, null, '{7,8,11}', '{}', '[25-7][0-9]{7}|(?:80[0-9]|900)[0-9]{4}(?:[0-9]{4})?'),
  ('SX', '1', false, '011', '1', '(5[0-9]{6})$|1', '{10}', '{7}', '7215[0-9]{6}|(?:[58][0-9][0-9]|900)[0-9]{7}'),
  ('SY', '963', true, '00', '0', null, '{8,9}', '{}', '[1-359][0-9]{8}|[1-5][0-9]{7}'),
  ('SZ', '268', true, '00', null, null, '{8,9}', '{}', '0800[0-9]{4}|(?:[237][0-9]|900)[0-9]{6}'),
  ('TA', '290', false, '00', null, null, '{4}', '{5}', '8[0-9]{3}'),
  ('TC', '1', false, '011', '1', '([2-479][0-9]{6})$|1', '{10}', '{7}', '(?:[58][0-9][0-9]|649|900)[0-9]{7}'),
  ('TD', '235', true, '00|16', null, null, '{8}', '{}', '(?:22|[3689][0-9]|77)[0-9]{6}'),
  ('TG', '228', true, '00', null, null, '{8}', '{}', '[279][0-9]{7}'),
  ('TH', '66', true, '00[1-9]', '0', null, '{8,9,10,13}', '{}', '(?:001800|[2-57]|[689][0-9])[0-9]{7}|1[0-9]{7,9}'),
  ('TJ', '992', true, '810', null, null, '{9}', '{}', '(?:[0-57-9][0-9]|66)[0-9]{7}'),
  ('TK', '690', true, '00', null, null, '{4,5,6,7}', '{}', '[2-47][0-9]{3,6}'),
  ('TL', '670', true, '00', null, null, '{7,8}', '{}', '7[0-9]{7}|(?:[2-47][0-9]|[89]0)[0-9]{5}'),
  ('TM', '993', true, '810', '8', null, '{8}', '{}', '[1-7][0-9]{7}'),
  ('TN', '216', true, '00', null, null, '{8}', '{}', '[2-57-9][0-9]{7}'),
  ('TO', '676', true, '00', null, null, '{5,7}', '{}', '(?:0800|(?:[5-8][0-9][0-9]|999)[0-9])[0-9]{3}|[2-8][0-9]{4}'),
  ('TR', '90', true, '00', '0', null, '{7,10,12,13}', '{}', '4[0-9]{6}|8[0-9]{11,12}|(?:[2-58][0-9][0-9]|900)[0-9]{7}'),
  ('TT', '1', false, '011', '1', '([2-46-8][0-9]{6})$|1', '{10}', '{7}', '(?:[58][0-9][0-9]|900)[0-9]{7}'),
  ('TV', '688', true, '00', null, null, '{5,6,7}', '{}', '(?:2|7[0-9][0-9]|90)[0-9]{4}'),
  ('TW', '886', true, '0(?:0[25-79]|19)', '0', null, '{7,8,9,10,11}', '{}', '[2-689][0-9]{8}|7[0-9]{9,10}|[2-8][0-9]{7}|2[0-9]{6}'),
  ('TZ', '255', true, '00[056]', '0', null, '{9}', '{}', '(?:[25-8][0-9]|41|90)[0-9]{7}'),
  ('UA', '380', true, '00', '0', null, '{9,10}', '{}', '[89][0-9]{9}|[3-9][0-9]{8}'),
  ('UG', '256', true, '00[057]', '0', null, '{9}', '{}', '800[0-9]{6}|(?:[29]0|[347][0-9])[0-9]{7}'),
  ('US', '1', true, '011', '1', null, '{10}', '{7}', '[2-9][0-9]{9}|3[0-9]{6}'),
  ('UY', '598', true, '0(?:0|1[3-9][0-9])', '0', null, '{4,5,6,7,8,9,10,11,12,13}', '{}', '0004[0-9]{2,9}|[1249][0-9]{7}|2[0-9]{3,4}|(?:[49][0-9]|80)[0-9]{5}'),
  ('UZ', '998', true, '00', null, null, '{9}', '{}', '(?:20|33|[5-9][0-9])[0-9]{7}'),
  ('VA', '39', false, '00', null, null, '{6,7,8,9,10,11,12}', '{}', '0[0-9]{5,10}|3[0-8][0-9]{7,10}|55[0-9]{8}|8[0-9]{5}(?:[0-9]{2,4})?|(?:1[0-9]|39)[0-9]{7,8}'),
  ('VC', '1', false, '011', '1', '([2-7][0-9]{6})$|1', '{10}', '{7}', '(?:[58][0-9][0-9]|784|900)[0-9]{7}'),
  ('VE', '58', true, '00', '0', null, '{10}', '{}', '[68]00[0-9]{7}|(?:[24][0-9]|[59]0)[0-9]{8}'),
  ('VG', '1', false, '011', '1', '([2-578][0-9]{6})$|1', '{10}', '{7}', '(?:284|[58][0-9][0-9]|900)[0-9]{7}'),
  ('VI', '1', false, '011', '1', '([2-9][0-9]{6})$|1', '{10}', '{7}', '[58][0-9]{9}|(?:34|90)0[0-9]{7}'),
  ('VN', '84', true, '00', '0', null, '{7,8,9,10}', '{}', '[12][0-9]{9}|[135-9][0-9]{8}|[16][0-9]{6,7}|7[0-9]{6}'),
  ('VU', '678', true, '00', null, null, '{5,7}', '{}', '[57-9][0-9]{6}|(?:[238][0-9]|48)[0-9]{3}'),
  ('WF', '681', true, '00', null, null, '{6,9}', '{}', '(?:40|72|8[0-9]{4})[0-9]{4}|[89][0-9]{5}'),
  ('WS', '685', true, '0', null, null, '{5,6,7,10}', '{}', '(?:[2-6]|8[0-9]{5})[0-9]{4}|[78][0-9]{6}|[68][0-9]{5}'),
  ('XK', '383', true, '00', '0', null, '{8,9,10,11,12}', '{}', '2[0-9]{7,8}|3[0-9]{7,11}|(?:4[0-9][0-9]|[89]00)[0-9]{5}'),
  ('YE', '967', true, '00', '0', null, '{7,8,9}', '{}', '(?:1|7[0-9])[0-9]{7}|[1-7][0-9]{6}'),
  ('YT', '262', false, '00', '0', null, '{9}', '{}', '(?:639[0-9]|7093)[0-9]{5}|(?:26|80|9[0-9])[0-9]{7}'),
  ('ZA', '27', true, '00', '0', null, '{5,6,7,8,9,10}', '{}', '[1-79][0-9]{8}|8[0-9]{4,9}'),
  ('ZM', '260', true, '00', '0', null, '{9}', '{}', '800[0-9]{6}|(?:21|[579][0-9]|63)[0-9]{7}'),
  ('ZW', '263', true, '00', '0', null, '{7,9,10}', '{}', '8[0-9]{6}(?:[0-9]{3})?|[235-8][0-9]{8}');
-- end generated phone regions

-- Every loose spelling that was met, with its reading; null where nobody could read it. `ssot migrate` fills in, with
-- libphonenumber, what ssot.e164 could not read by itself.
create table if not exists ssot.phone_map (
  raw text,
  country text,
  e164 text constraint phone_map_e164_shape check (e164 ~ '^[+][1-9][0-9]{1,14}$'),
  primary key (raw, country)
);
create index if not exists phone_map_e164 on ssot.phone_map (e164);

-- The national number in digits that may begin with a national prefix; null where that is not certain.
create function ssot.national_number(digits text, region ssot.phone_region) returns text
language plpgsql immutable strict parallel safe
set search_path = pg_catalog, pg_temp
as $function$
declare
  prefix text := substring(digits from '^(' || coalesce(region.carrier_pattern, region.national_prefix) || ')');
  rest text;
  complete text;
begin
  if prefix is null or prefix = '' then
    return digits;
  end if;
  if region.carrier_pattern is not null and prefix is distinct from region.national_prefix then
    return null;
  end if;
  rest := substr(digits, length(prefix) + 1);
  if length(rest) = any (region.doubtful_lengths) then
    return null;
  end if;
  /* What looks like a prefix belongs to the number when the rest would be no number. */
  if length(rest) <> all (region.lengths) then
    return digits;
  end if;
  complete := '^(' || region.national_pattern || ')$';
  if digits ~ complete and rest !~ complete then
    return digits;
  end if;
  return rest;
end
$function$;

-- The number in E.164, read as dialled in a country (ISO 3166 alpha-2), or null where SQL cannot be certain.
-- Text in the shape of E.164 is answered as it is.
create function ssot.e164(raw text, country text) returns text
language plpgsql stable parallel safe
set search_path = pg_catalog, pg_temp
as $function$
declare
  spelling text;
  digits text;
  national text;
  shorter text;
  prefix text;
  complete text;
  international boolean;
  region ssot.phone_region;
begin
  if raw is null or raw ~ '^[+][1-9][0-9]{1,14}$' then
    return raw;
  end if;
  select map.e164 into spelling from ssot.phone_map as map where map.raw = e164.raw and map.country = e164.country;
  if spelling is not null then
    return spelling;
  end if;
  if length(raw) > 100 then
    return null;
  end if;

  /* Take out what only separates; any other character than one leading plus and digits ends the attempt. */
  spelling := translate(raw, ' -.()/[]' || chr(9), '');
  if spelling !~ '^[+]?[0-9]+$' then
    spelling := translate(regexp_replace(btrim(raw, ' ' || chr(9) || chr(10) || chr(13)), '^tel:', '', 'i'), ' -.()/[]' || chr(9), '');
    if octet_length(spelling) <> length(spelling) and pg_catalog.getdatabaseencoding() = 'UTF8' then
      /* No-break and thin spaces, soft hyphen, hyphens and dashes, minus sign, marks of writing direction. */
      spelling := translate(spelling,
        chr(160) || chr(173) || chr(8199) || chr(8201) || chr(8203) || chr(8206) || chr(8207) || chr(8208) || chr(8209)
        || chr(8210) || chr(8211) || chr(8212) || chr(8213) || chr(8234) || chr(8236) || chr(8239) || chr(8288) || chr(8722), '');
    end if;
    if spelling !~ '^[+]?[0-9]+$' then
      return null;
    end if;
  end if;
  international := left(spelling, 1) = '+';
  digits := ltrim(spelling, '+');

  if not international then
    select home.* into region from ssot.phone_region as home where home.country = upper(e164.country collate "C");
    if not found then
      return null;
    end if;
    /* No calling code begins with a zero: what does so after an international prefix is a national number. */
    prefix := substring(digits from '^(' || region.international_prefix || ')');
    shorter := substr(digits, length(prefix) + 1);
    if shorter <> '' and left(shorter, 1) <> '0' then
      international := true;
      digits := shorter;
    else
      national := ssot.national_number(digits, region);
      if national is null then
        return null;
      end if;
      /* A calling code without its plus: the number is too long with it, or complete only without it. */
      if starts_with(digits, region.calling_code) then
        if length(national) > greatest(region.lengths[cardinality(region.lengths)],
          region.doubtful_lengths[cardinality(region.doubtful_lengths)]) then
          international := true;
        else
          complete := '^(' || region.national_pattern || ')$';
          if national !~ complete then
            shorter := ssot.national_number(substr(digits, length(region.calling_code) + 1), region);
            if shorter is null then
              return null;
            end if;
            international := shorter ~ complete;
          end if;
        end if;
      end if;
    end if;
  end if;

  if international then
    /* No calling code is the beginning of another one. */
    select main.* into region from ssot.phone_region as main
    where main.main and main.calling_code in (left(digits, 1), left(digits, 2), left(digits, 3));
    if not found then
      return null;
    end if;
    national := ssot.national_number(substr(digits, length(region.calling_code) + 1), region);
  end if;

  if length(national) = any (region.lengths) and length(region.calling_code) + length(national) <= 15 then
    return '+' || region.calling_code || national;
  end if;
  return null;
end
$function$;
commit;

-- step: linking
-- lock: none on your tables
-- blocks: nothing
begin;
-- The number of the person at the other end. On an outbound call from_number is the organisation's own.
create or replace function ssot.call_number(direction text, phone_number text, from_number text) returns text
language sql immutable parallel safe as $$
  select case when direction = 'outbound' or btrim(phone_number) <> '' then phone_number else from_number end;
$$;

-- Calls with that number, and where they lie. The drop rebuilds it without from_number.
create or replace view ssot.caller as
select c.id, c.org_id, c.contact_id, c.ctid as place, ssot.call_number(c.call_direction, c.phone_number, c.from_number) as number
from public.calls as c;

-- Contacts whose number is neither E.164 nor readable.
create or replace view ssot.unfixable_contact as
select k.id, k.org_id
from public.contacts as k
left join ssot.org_country as o on o.org_id = k.org_id
left join ssot.phone_map as m on m.raw = k.phone and m.country = o.country
where (k.phone ~ '^[+][1-9][0-9]{1,14}$') is not true and m.e164 is null;

-- Remembers every loose spelling once, with its reading where SQL is sure of one. A text longer than any number is
-- left out: it cannot be read, and would not fit into the index.
create or replace function ssot.map_loose_contacts() returns void
language sql as $$
  insert into ssot.phone_map (raw, country, e164)
  select x.raw, x.country, ssot.e164(x.raw, x.country)
  from (
    select distinct k.phone as raw, o.country
    from public.contacts as k join ssot.org_country as o on o.org_id = k.org_id
    where k.phone !~ '^[+][1-9][0-9]{1,14}$' and length(k.phone) <= 100
  ) as x
  on conflict do nothing;
$$;

create or replace function ssot.map_loose_calls() returns void
language sql as $$
  insert into ssot.phone_map (raw, country, e164)
  select x.raw, x.country, ssot.e164(x.raw, x.country)
  from (
    select distinct c.number as raw, o.country
    from ssot.caller as c join ssot.org_country as o on o.org_id = c.org_id
    where c.number !~ '^[+][1-9][0-9]{1,14}$' and length(c.number) <= 100
  ) as x
  on conflict do nothing;
$$;

create or replace procedure ssot.map_loose_numbers()
language plpgsql as $$
begin
  perform ssot.map_loose_contacts();
  call ssot.commit_batch();
  perform ssot.map_loose_calls();
  call ssot.commit_batch();
end
$$;

create or replace function ssot.refuse_unfixable_phones() returns void
language plpgsql as $$
declare
  n bigint;
  ids text;
begin
  if coalesce(current_setting('ssot.on_unfixable_phone', true), '') = 'quarantine' then return; end if;
  select count(*), string_agg(f.id::text, ', ' order by f.id) filter (where f.place <= 20) into n, ids
  from (select u.id, row_number() over (order by u.id) as place from ssot.unfixable_contact as u) as f;
  if n > 0 then
    raise exception '% contacts have a number that cannot be read: %', n, ids || case when n > 20 then ' …' else '' end
      using errcode = 'SS001', hint = 'Correct contacts.phone of these rows, or run again with --on-unfixable-phone quarantine.';
  end if;
end
$$;

-- Which contact has a number, in each organisation: the oldest, the same one that a merge keeps.
-- A real table, for its statistics: the planner chooses badly for the same thing as a subquery.
create unlogged table if not exists ssot.contact_number (
  org_id     uuid not null,
  number     text not null,
  contact_id uuid not null
);

-- In which order rows of a large table are changed: from one stretch of the table to the next, so that VACUUM can clear behind
-- the change, and inside one such that most updates are heap-only. (In the order of the table none is: a page is full until
-- its own batch is committed and its dead rows can be pruned.) A stretch is 16 to 64 MB, or a twentieth of the table.
create or replace function ssot.stretch_pages(tab regclass) returns bigint
language sql stable as $$
  select least(8192, greatest(2048, ssot.table_size(tab) / 8192 / 20));
$$;

-- The turn of a row that lies there, as one number: its stretch, its line in the page (16 bits), its page in the stretch (13).
create or replace function ssot.turn(place tid, stretch bigint) returns bigint
language sql immutable as $$
  select (((place::text::point)[0])::bigint / stretch << 29)
       | (((place::text::point)[1])::bigint << 13)
       | (((place::text::point)[0])::bigint % stretch);
$$;

-- Plans the links of all calls that have none: journal rows in that order.
create or replace function ssot.plan_links() returns bigint
language plpgsql as $$
declare
  base bigint;
  stretch bigint := ssot.stretch_pages('public.calls');
  n bigint;
begin
  insert into ssot.task (task) values ('calls.contact_id') on conflict do nothing;
  select planned into base from ssot.task where task = 'calls.contact_id' for update;
  truncate ssot.contact_number;
  insert into ssot.contact_number (org_id, number, contact_id)
  select distinct on (k.org_id, k.number) k.org_id, k.number, k.id
  from (
    select c.org_id, c.id, c.created_at, coalesce(m.e164, c.phone) as number
    from public.contacts as c
    join (table ssot.org_country offset 0) as o on o.org_id = c.org_id
    left join ssot.phone_map as m on m.raw = c.phone and m.country = o.country
  ) as k
  where k.number ~ '^[+][1-9][0-9]{1,14}$'
  order by k.org_id, k.number, k.created_at, k.id;
  analyze ssot.contact_number;
  insert into ssot.journal_calls_contact_id (seq, id, new)
  select base + row_number() over (order by ssot.turn(c.place, stretch)), c.id, w.contact_id
  from ssot.caller as c
  join (table ssot.org_country offset 0) as o on o.org_id = c.org_id
  left join ssot.phone_map as m on m.raw = c.number and m.country = o.country
  join ssot.contact_number as w on w.org_id = c.org_id and w.number = coalesce(m.e164, c.number)
  where c.contact_id is null;
  get diagnostics n = row_count;
  update ssot.task set planned = base + n where task = 'calls.contact_id';
  /* Numbers of people: no longer here than they are of use. */
  truncate ssot.contact_number;
  /* For deletes of calls; built after the first plan, which is the large one. */
  if to_regclass('ssot.journal_calls_contact_id_row') is null then
    create index journal_calls_contact_id_row on ssot.journal_calls_contact_id (id);
  end if;
  return n;
end
$$;

-- Links, then looks again for calls that arrived meanwhile.
create or replace procedure ssot.link_late_calls()
language plpgsql as $$
declare
  n bigint;
begin
  for round in 1 .. 3 loop
    call ssot.apply_journal('calls', 'contact_id', 'callsLinked');
    n := ssot.plan_links();
    call ssot.commit_batch();
    exit when n = 0;
    call ssot.apply_journal('calls', 'contact_id', 'callsLinked');
    exit when n < 1000;
  end loop;
end
$$;

-- Plans the links, unless planned ones are left, and gives the statements that link, for \gexec.
create or replace function ssot.link_calls() returns setof text
language plpgsql as $$
declare
  n bigint := (select t.planned - t.done from ssot.task as t where t.task = 'calls.contact_id');
begin
  if coalesce(n, 0) = 0 then n := ssot.plan_links(); end if;
  return query select ssot.in_portions($call$ssot.apply_journal('calls', 'contact_id', 'callsLinked', %s)$call$, 'public.calls', n);
  return next 'call ssot.link_late_calls()';
end
$$;
commit;

-- step: erasure
-- lock: none on your tables
-- blocks: nothing
-- What the tool knows of a deleted call, contact or organisation goes with it.
begin;
-- What a delete could not remove at once, because a batch held the rows. The next delete and every run of ssot remove it.
-- Nothing here is unique, so that no delete ever waits to note something.
create table if not exists ssot.erasure_due (
  deleted_from text not null,
  ids          uuid[] not null,
  numbers      text[] not null,
  noted_at     timestamptz not null default now()
);

-- Removes what is kept of deleted calls, or of deleted contacts and of the duplicates that were merged into them.
-- "numbers" are the phone numbers that the rows held. Tables of migrations that are not applied do not exist.
create or replace function ssot.erase(deleted_from text, ids uuid[], numbers text[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  people uuid[] := ids;
  call_id uuid;
  keys text[];
  spellings text[] := numbers;
  more text[];
begin
  if deleted_from = 'public.contacts' and to_regclass('ssot.merge_journal') is not null then
    with recursive same as (
      select d.id from unnest(erase.ids) as d(id)
      union
      select p.duplicate from same as s join ssot.merge_plan as p on p.survivor = s.id
      where not exists (select from public.contacts as k where k.id = p.duplicate)
    )
    select array_agg(s.id) into people from same as s;
    delete from ssot.merge_plan as p where p.survivor = any (people);
    delete from ssot.merge_plan as p where p.duplicate = any (people);
    with gone as (delete from ssot.journal_contacts_phone as j where j.id = any (people) returning j.old, j.new)
    select array_agg(g.old) || array_agg(g.new) into more from gone as g;
    spellings := spellings || more;
    delete from ssot.journal_contacts_name as j where j.id = any (people);
    with gone as (delete from ssot.contact_quarantine as q where q.id = any (people) returning q.image)
    select array_agg(g.image ->> 'phone') into more from gone as g;
    spellings := spellings || more;
  end if;
  keys := people::text[];
  if deleted_from = 'public.calls' then
    /* The audit references a plain calls; a partitioned one has no key on id alone. Call by call, as a reference does it:
       each blanks rows that another one's update would meet. */
    if to_regclass('ssot.witness') is not null and exists (select from pg_partition_tree('public.calls')) then
      foreach call_id in array erase.ids loop
        execute format('update %s set call_id = null where call_id = $1',
                       coalesce(to_regclass('public.deprecated_column_audit'), to_regclass('ssot.deprecated_column_audit')))
        using call_id;
      end loop;
    end if;
    delete from ssot.journal_calls_contact_id as j where j.id = any (erase.ids);
    if to_regclass('ssot.journal_calls_phone_number') is not null then
      with gone as (delete from ssot.journal_calls_phone_number as j where j.id = any (erase.ids) returning j.old, j.new)
      select array_agg(g.old) || array_agg(g.new) into more from gone as g;
      spellings := spellings || more;
    end if;
    if to_regclass('ssot.dropped_call_columns') is not null then
      /* While the copy runs, an empty row must stay: it keeps a batch with an older view from bringing the values back. */
      with gone as (
        delete from ssot.dropped_call_columns as a where a.call_id = any (erase.ids) and not (a.gone and a.filled is null)
        returning a.from_number, a.filled, a.filled_over
      )
      select array_agg(g.from_number) || array_agg(g.filled) || array_agg(g.filled_over) into more from gone as g;
      spellings := spellings || more;
    end if;
  end if;
  if to_regclass('ssot.merge_journal') is not null then
    with gone as (
      delete from ssot.merge_journal as j where j.key ->> 'id' = any (keys) and j.rel = deleted_from returning j.image
    )
    select array_agg(g.image ->> 'phone') into more from gone as g;
    spellings := spellings || more;
    if deleted_from = 'public.contacts' then
      delete from ssot.merge_journal as j where j.kind = 'repoint' and j.old = any (keys);
      delete from ssot.merge_journal as j where j.kind = 'repoint' and j.new = any (keys);
    end if;
  end if;
  delete from ssot.unrestored as u where u.row_key ->> 'id' = any (keys) and u.relation = deleted_from;
  if deleted_from = 'public.contacts' then
    delete from ssot.unrestored as u where u.original = any (keys);
  end if;
  /* A spelling that somebody else has too is read again when it is needed. */
  delete from ssot.phone_map as m where m.raw = any (spellings);
  delete from ssot.phone_map as m where m.e164 = any (spellings);
end
$$;
select ssot.close_function('ssot.erase(text, uuid[], text[])');

-- Removes what was set aside of contacts whose organisation is gone. Such a contact has no row of its own any more, but
-- its organisation's delete also deletes from contacts, and so comes by here. Without that reference nothing is certain.
create or replace function ssot.erase_orphans() returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  orphans uuid[];
begin
  if not exists (select from pg_catalog.pg_constraint as k
                 where k.contype = 'f' and k.conrelid = to_regclass('public.contacts') and k.confrelid = to_regclass('public.organizations')) then
    return;
  end if;
  if to_regclass('ssot.contact_quarantine') is not null then
    select array_agg(q.id) into orphans from ssot.contact_quarantine as q
    where not exists (select from public.organizations as o where o.id = q.org_id);
    if orphans is not null then perform ssot.erase('public.contacts', orphans, '{}'); end if;
  end if;
  delete from ssot.unrestored as u
  where u.image is not null and u.relation = 'public.contacts'
    and not exists (select from public.organizations as o where o.id = (u.image ->> 'org_id')::uuid);
end
$$;
select ssot.close_function('ssot.erase_orphans()');

-- Removes what is due, and tells how much still is: what somebody holds at this moment stays for the next time.
create or replace function ssot.erase_due() returns bigint
language plpgsql set search_path = pg_catalog, pg_temp set lock_timeout = '1s' as $$
declare
  d record;
begin
  begin
    for d in
      delete from ssot.erasure_due as e
      where e.ctid = any (array(select x.ctid from ssot.erasure_due as x limit 1000 for update skip locked))
      returning e.deleted_from, e.ids, e.numbers
    loop
      perform ssot.erase(d.deleted_from, d.ids, d.numbers);
    end loop;
    perform ssot.erase_orphans();
  exception when lock_not_available then null;
  end;
  return (select count(*) from ssot.erasure_due);
end
$$;
select ssot.close_function('ssot.erase_due()');

-- Runs once a statement, as its owner. A delete waits at most 50 ms for a batch, once in a transaction; then, and
-- whatever else goes wrong, it is noted as due, with a warning. Only when even that fails, the delete does.
create or replace function ssot.erase_deleted() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp set lock_timeout = '50ms' as $$
declare
  deleted_from constant text := format('%I.%I', tg_table_schema, tg_table_name);
  deleted uuid[];
  numbers text[];
  more text[];
begin
  /* Duplicates that are merged and contacts that are set aside: their journal is to stay. */
  if current_setting('ssot.own_delete', true) = 'yes' then return null; end if;
  if tg_table_name = 'contacts' then
    select array_agg(g.id), array_agg(g.phone) into deleted, numbers from gone as g;
  else
    select array_agg(g.id), array_agg(g.phone_number) into deleted, numbers from gone as g;
    if exists (select from pg_catalog.pg_attribute as a
               where a.attrelid = tg_relid and a.attname = 'from_number' and not a.attisdropped) then
      select array_agg(g.from_number) into more from gone as g;
      numbers := numbers || more;
    end if;
  end if;
  begin
    if current_setting('ssot.erasure_waits', true) = 'yes' then raise lock_not_available; end if;
    if deleted is not null then perform ssot.erase(deleted_from, deleted, numbers); end if;
    if tg_table_name = 'contacts' then perform ssot.erase_orphans(); end if;
  exception when others then
    if coalesce(current_setting('ssot.erasure_waits', true), '') <> 'yes' then
      raise warning 'what ssot keeps of rows deleted from % is removed later: it is in use (%)', deleted_from, sqlstate;
      perform set_config('ssot.erasure_waits', 'yes', true);
    end if;
    insert into ssot.erasure_due (deleted_from, ids, numbers)
    values (deleted_from, coalesce(deleted, '{}'), coalesce(numbers, '{}'));
  end;
  if coalesce(current_setting('ssot.erasure_waits', true), '') <> 'yes' and exists (select from ssot.erasure_due) then
    begin
      perform ssot.erase_due();
    exception when others then null;
    end;
  end if;
  return null;
end
$$;
select ssot.close_function('ssot.erase_deleted()');
commit;

-- step: loose_numbers
-- lock: ACCESS SHARE on calls, contacts, organizations
-- blocks: nothing
-- Every spelling that is not E.164 yet, once, with its reading where SQL is sure of it.
call ssot.map_loose_numbers();

-- step: phone_map
-- lock: none on your tables
-- blocks: nothing
-- client: phone_map
-- Here ssot reads with libphonenumber what SQL was not sure of. With psql alone those spellings stay unread, and the
-- contacts that have one are reported by the next step.
analyze ssot.phone_map;

-- step: unfixable_phones
-- lock: ACCESS SHARE on contacts
-- blocks: nothing
-- Stops before anything of yours is changed where a contact's phone cannot be read,
-- unless  set ssot.on_unfixable_phone = 'quarantine'.
begin;
select ssot.refuse_unfixable_phones();
commit;

-- step: erasure_of_calls
-- lock: SHARE ROW EXCLUSIVE on calls
-- blocks: writers of calls, for a change of the catalog only
begin;
create or replace trigger ssot_erase_deleted after delete on public.calls
  referencing old table as gone for each statement execute function ssot.erase_deleted();
-- ALWAYS: a session in replica role erases too.
alter table public.calls enable always trigger ssot_erase_deleted;
commit;

-- step: erasure_of_contacts
-- lock: SHARE ROW EXCLUSIVE on contacts
-- blocks: writers of contacts, for a change of the catalog only
begin;
create or replace trigger ssot_erase_deleted after delete on public.contacts
  referencing old table as gone for each statement execute function ssot.erase_deleted();
alter table public.contacts enable always trigger ssot_erase_deleted;
select ssot.close_schema();
commit;

-- step: idx_contacts_org_phone
-- lock: SHARE UPDATE EXCLUSIVE on contacts
-- blocks: other schema changes and vacuum of contacts
-- wait: long
-- The webhook looks contacts up by it; with the id inside, without visiting the table.
select ssot.make_index('idx_contacts_org_phone',
  'CREATE INDEX idx_contacts_org_phone ON public.contacts USING btree (org_id, phone) INCLUDE (id)') \gexec

-- step: link_calls
-- lock: SHARE UPDATE EXCLUSIVE on calls
-- blocks: writers of the very rows of a batch, for the length of a batch; other schema changes while a portion is vacuumed
-- rows: callsLinked
select ssot.link_calls() \gexec

-- step: idx_calls_contact_id
-- lock: SHARE UPDATE EXCLUSIVE on calls
-- blocks: other schema changes and vacuum of calls
-- wait: long
-- Built after the links: while it exists, no update of contact_id can be a heap-only one.
select ssot.make_index('idx_calls_contact_id',
  'CREATE INDEX idx_calls_contact_id ON public.calls USING btree (contact_id)') \gexec

-- step: unlinked_calls
-- lock: ACCESS SHARE on calls
-- blocks: nothing
-- rows: callsUnlinked
begin;
insert into ssot.tally (direction, what, n)
select 'migrate', 'callsUnlinked', count(*) from public.calls where contact_id is null
on conflict on constraint tally_pkey do update set n = excluded.n;
commit;

-- step: record
-- With psql alone the ledger is written here; ssot writes its own entry.
insert into ssot.ledger (name, run_on)
values ('20260209000100_backfill_contact_ids', now() at time zone 'UTC')
on conflict (name) do nothing;
\endif

-- Down Migration
\if :{?down}
set timezone = 'UTC';
set search_path = '';
set lock_timeout = '1s';
set statement_timeout = 0;

-- step: idx_calls_contact_id
-- lock: SHARE UPDATE EXCLUSIVE on calls
-- blocks: other schema changes and vacuum of calls
-- wait: long
-- Dropped before the unlinking, for the same reason as it was built after the links.
select ssot.unmake_index('idx_calls_contact_id') \gexec

-- step: unlink_calls
-- lock: SHARE UPDATE EXCLUSIVE on calls
-- blocks: writers of the very rows of a batch, for the length of a batch; other schema changes while a portion is vacuumed
-- rows: callsLinked
select ssot.undo_journal_in_portions('calls', 'contact_id', 'callsLinked') \gexec

-- step: idx_contacts_org_phone
-- lock: SHARE UPDATE EXCLUSIVE on contacts
-- blocks: other schema changes and vacuum of contacts
-- wait: long
select ssot.unmake_index('idx_contacts_org_phone') \gexec

-- step: erasure_of_contacts
-- lock: ACCESS EXCLUSIVE on contacts
-- blocks: everything on contacts, for a change of the catalog only
-- Only here: until the journals are undone, a delete is to remove its rows from them.
begin;
drop trigger if exists ssot_erase_deleted on public.contacts;
commit;

-- step: erasure_of_calls
-- lock: ACCESS EXCLUSIVE on calls
-- blocks: everything on calls, for a change of the catalog only
begin;
drop trigger if exists ssot_erase_deleted on public.calls;
commit;

-- step: erasure
-- lock: none on your tables
-- blocks: nothing
-- What is still due goes now: ssot.unrestored may outlive this.
begin;
do $$
begin
  if to_regprocedure('ssot.erase_due()') is null then return; end if;
  if ssot.erase_due() > 0 then
    raise exception 'what is kept of deleted rows cannot be removed: somebody holds it' using errcode = 'lock_not_available';
  end if;
end
$$;
drop function if exists ssot.erase_deleted();
drop function if exists ssot.erase_due();
drop function if exists ssot.erase_orphans();
drop function if exists ssot.erase(text, uuid[], text[]);
drop table if exists ssot.erasure_due;
commit;

-- step: helpers
-- lock: none on your tables
-- blocks: nothing
begin;
drop function if exists ssot.link_calls();
drop procedure if exists ssot.link_late_calls();
drop procedure if exists ssot.commit_batch();
drop procedure if exists ssot.apply_journal(text, text, text, bigint);
drop function if exists ssot.undo_journal_in_portions(text, text, text);
drop procedure if exists ssot.undo_journal(text, text, text, bigint);
drop function if exists ssot.in_portions(text, regclass, bigint);
drop function if exists ssot.end_autovacuum(regclass);
drop function if exists ssot.turn(tid, bigint);
drop function if exists ssot.stretch_pages(regclass);
drop function if exists ssot.table_rows(regclass);
drop function if exists ssot.table_size(regclass);
drop procedure if exists ssot.map_loose_numbers();
drop function if exists ssot.map_loose_contacts();
drop function if exists ssot.map_loose_calls();
drop view if exists ssot.unfixable_contact;
drop function if exists ssot.plan_links();
drop view if exists ssot.caller;
drop function if exists ssot.call_number(text, text, text);
drop function if exists ssot.refuse_unfixable_phones();
drop function if exists ssot.undo_one_by_one(text, text, text, bigint[]);
drop function if exists ssot.plan_undo(text, text);
drop function if exists ssot.apply_batch(text, text, bigint, bigint);
drop function if exists ssot.next_batch_size(integer, interval);
drop function if exists ssot.tell_progress(text, bigint, bigint, timestamptz);
drop function if exists ssot.make_index(text, text);
drop function if exists ssot.unmake_index(text);
drop function if exists ssot.build_index(text, text, boolean);
drop function if exists ssot.drop_index(text);
drop function if exists ssot.index_parts(text, regclass);
drop function if exists ssot.add_tally(text, bigint, text);
drop function if exists ssot.close_schema();
drop function if exists ssot.open_path();
drop function if exists ssot.close_function(regprocedure);
drop function if exists ssot.e164(text, text);
drop function if exists ssot.national_number(text, ssot.phone_region);
drop table if exists ssot.contact_number, ssot.phone_map, ssot.phone_region;
drop table if exists ssot.journal_calls_contact_id, ssot.undo_order, ssot.task, ssot.object_journal;
drop view if exists ssot.org_country;
commit;

-- step: record
delete from ssot.ledger where name = '20260209000100_backfill_contact_ids';

-- step: bookkeeping
-- lock: none on your tables
-- blocks: nothing
-- The last thing to go. ssot.unrestored stays while it holds an original that could not be put back.
do $$
begin
  if exists (select from ssot.ledger) then return; end if;
  drop table ssot.tally, ssot.run_step, ssot.run, ssot.ledger, ssot.finalization, ssot.verification_runs;
  if not exists (select from ssot.unrestored) then
    drop table ssot.unrestored;
    drop schema ssot;
  end if;
end
$$;
\endif

-- Drops calls.caller_name and calls.from_number, when the gate of migration 4 is open. Every value is kept in
-- ssot.dropped_call_columns, and comes back on rollback.
--
-- An online copy and a short swap: (a) archive and triggers that keep it exact, (b) the copy in short transactions,
-- (c) one short transaction that looks at the gate once more and drops. The view goes first, then calls is locked:
-- the other order deadlocks with readers of the view. Nothing is dropped with CASCADE.
--
-- Phase: 3
--
-- With psql alone:  psql -v ON_ERROR_STOP=1 -f FILE               applies
--                   psql -v ON_ERROR_STOP=1 -v down=1 -f FILE     takes it back

-- Up Migration
\if :{?down}
\else
set timezone = 'UTC';
set search_path = '';
set lock_timeout = '1s';
set statement_timeout = 0;

-- step: archive
-- lock: SHARE ROW EXCLUSIVE on calls
-- blocks: writers of calls, for a change of the catalog only
begin;
-- A closed gate stops here, with every reason, before anything is written.
select ssot.refuse_closed_gate();
create table ssot.dropped_call_columns (
  call_id     uuid primary key,
  caller_name text,
  from_number text,
  filled      text,                           -- what was written into phone_number, where that was empty
  filled_over text,                           -- what stood there: null or blanks
  gone        boolean not null default false  -- deleted or emptied since: a batch with an older view must not bring it back
);
-- Inbound calls that came to need their phone_number filled after the copy may have passed them.
create table ssot.archive_mark (call_id uuid primary key);
create table ssot.archive_cursor (last_id uuid not null, passed bigint not null);
insert into ssot.archive_cursor values ('00000000-0000-0000-0000-000000000000', 0);
-- In which order a rollback restores: where the calls lie then. Gone after a crash of the server, and made again.
create unlogged table ssot.restore_order (seq bigint primary key, call_id uuid not null);
-- What brings objects back, written before they go. Stages: columns, index, swap.
create table ssot.phase3_undo (
  seq       bigint generated always as identity primary key,
  stage     text not null check (stage in ('columns', 'index', 'swap')),
  name      text not null,
  statement text not null
);
create table ssot.saved_view (options text[], owner name not null, comment text, grants jsonb not null);

create function ssot.needs_fill(direction text, phone_number text, from_number text) returns boolean
language sql immutable as $$
  select direction = 'inbound' and nullif(btrim(phone_number), '') is null and nullif(btrim(from_number), '') is not null;
$$;

-- Keeps the archive exact while the copy runs. Unlike the audit it must not fail silently: it holds the values.
create function ssot.sync_archive() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if tg_op = 'DELETE' then
    insert into ssot.dropped_call_columns as a (call_id, gone) values (old.id, true)
    on conflict (call_id) do update set caller_name = null, from_number = null, filled = null, filled_over = null, gone = true;
    return null;
  end if;
  insert into ssot.dropped_call_columns as a (call_id, caller_name, from_number, gone)
  values (new.id, new.caller_name, new.from_number, new.caller_name is null and new.from_number is null)
  on conflict (call_id) do update
    set caller_name = excluded.caller_name, from_number = excluded.from_number, gone = excluded.gone;
  if ssot.needs_fill(new.call_direction, new.phone_number, new.from_number) then
    insert into ssot.archive_mark (call_id) values (new.id) on conflict do nothing;
  end if;
  return null;
end
$$;
select ssot.close_function('ssot.sync_archive()');
create trigger ssot_archive_insert after insert on public.calls
  for each row when (new.caller_name is not null or new.from_number is not null) execute function ssot.sync_archive();
create trigger ssot_archive_update after update on public.calls
  for each row when (old.caller_name is distinct from new.caller_name or old.from_number is distinct from new.from_number
                     or old.phone_number is distinct from new.phone_number or old.call_direction <> new.call_direction)
  execute function ssot.sync_archive();
create trigger ssot_archive_delete after delete on public.calls
  for each row execute function ssot.sync_archive();
alter table public.calls enable always trigger ssot_archive_insert;
alter table public.calls enable always trigger ssot_archive_update;
alter table public.calls enable always trigger ssot_archive_delete;

-- Fills phone_number of inbound calls from from_number, in E.164 where that can be read, and says so in the archive.
create function ssot.fill_phone_numbers(ids uuid[]) returns bigint
language plpgsql as $$
declare
  n bigint;
begin
  with wanted as (
    select c.id, c.phone_number as former, coalesce(ssot.e164(c.from_number, o.country), c.from_number) as number
    from public.calls as c join ssot.org_country as o on o.org_id = c.org_id
    where c.id = any (ids) and ssot.needs_fill(c.call_direction, c.phone_number, c.from_number)
    for no key update of c
  ), filled as (
    update public.calls as c set phone_number = w.number from wanted as w where c.id = w.id
    returning c.id, w.number, w.former
  )
  update ssot.dropped_call_columns as a set filled = f.number, filled_over = f.former
  from filled as f where a.call_id = f.id;
  get diagnostics n = row_count;
  return n;
end
$$;

-- The copy, by primary key.
create procedure ssot.archive_dropped_columns(portion bigint)
language plpgsql as $$
declare
  cursor_row ssot.archive_cursor;
  first bigint := (select passed from ssot.archive_cursor);
  ids uuid[];
  total bigint := ssot.table_rows('public.calls');
  size integer;
  took interval;
  started timestamptz;
  told timestamptz := clock_timestamp();
begin
  loop
    select * into cursor_row from ssot.archive_cursor;
    exit when cursor_row.passed - first >= portion;
    size := ssot.next_batch_size(size, took);
    started := clock_timestamp();
    select array_agg(c.id order by c.id) into ids
    from (select id from public.calls where id > cursor_row.last_id order by id limit size) as c;
    exit when ids is null;
    insert into ssot.dropped_call_columns (call_id, caller_name, from_number)
    select c.id, c.caller_name, c.from_number from public.calls as c
    where c.id = any (ids) and (c.caller_name is not null or c.from_number is not null)
    on conflict do nothing;
    perform ssot.open_path();
    perform ssot.fill_phone_numbers(ids);
    update ssot.archive_cursor set last_id = ids[cardinality(ids)], passed = passed + cardinality(ids);
    call ssot.commit_batch();
    took := clock_timestamp() - started;
    told := ssot.tell_progress('calls archived', cursor_row.passed + cardinality(ids),
                               greatest(total, cursor_row.passed + cardinality(ids) + 1), told);
  end loop;
end
$$;

-- Writes down what brings back everything that goes with the columns.
create function ssot.journal_dropped_objects() returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  doomed constant text[] := '{caller_name,from_number}';
begin
  insert into ssot.phase3_undo (stage, name, statement)
  select 'columns', a.attname,
         format('alter table public.calls add column %I %s%s%s', a.attname, format_type(a.atttypid, a.atttypmod),
                coalesce(' collate ' || (select format('%I.%I', n.nspname, o.collname) from pg_catalog.pg_collation as o
                                         join pg_catalog.pg_namespace as n on n.oid = o.collnamespace
                                         where o.oid = a.attcollation and o.collname <> 'default'), ''), '')
  from pg_catalog.pg_attribute as a
  where a.attrelid = 'public.calls'::regclass and a.attname = any (doomed) and not a.attisdropped
  order by a.attnum;
  insert into ssot.phase3_undo (stage, name, statement)
  select 'columns', a.attname, format('alter table public.calls alter column %I %s', a.attname, s.setting)
  from pg_catalog.pg_attribute as a
  join pg_catalog.pg_type as t on t.oid = a.atttypid
  cross join lateral (values
    ('set statistics ' || nullif(a.attstattarget, -1)),
    ('set storage ' || case when a.attstorage <> t.typstorage
                            then case a.attstorage when 'p' then 'plain' when 'e' then 'external' when 'm' then 'main' else 'extended' end end),
    ('set compression ' || case a.attcompression when 'p' then 'pglz' when 'l' then 'lz4' end),
    ('set (' || array_to_string(a.attoptions, ', ') || ')')) as s(setting)
  where a.attrelid = 'public.calls'::regclass and a.attname = any (doomed) and not a.attisdropped and s.setting is not null
  order by a.attnum, s.setting;
  insert into ssot.phase3_undo (stage, name, statement)
  select 'swap', a.attname, format('alter table public.calls alter column %I set default %s', a.attname, pg_get_expr(d.adbin, d.adrelid))
  from pg_catalog.pg_attribute as a join pg_catalog.pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
  where a.attrelid = 'public.calls'::regclass and a.attname = any (doomed)
  union all
  select 'swap', a.attname, format('alter table public.calls alter column %I set not null', a.attname)
  from pg_catalog.pg_attribute as a
  where a.attrelid = 'public.calls'::regclass and a.attname = any (doomed) and a.attnotnull
  union all
  select 'swap', a.attname, format('comment on column public.calls.%I is %L', a.attname, col_description(a.attrelid, a.attnum))
  from pg_catalog.pg_attribute as a
  where a.attrelid = 'public.calls'::regclass and a.attname = any (doomed) and col_description(a.attrelid, a.attnum) is not null
  union all
  select 'swap', g ->> 'column', format('grant %s (%I) on public.calls to %s%s', g ->> 'privilege', g ->> 'column',
         coalesce(quote_ident(g ->> 'grantee'), 'public'), case when (g ->> 'grantable')::boolean then ' with grant option' else '' end)
  from jsonb_array_elements(ssot.grants_of('public.calls')) as g where g ->> 'column' = any (doomed);
  /* Of a partitioned calls first its own, which stay invalid until those of the partitions are attached. */
  insert into ssot.phase3_undo (stage, name, statement)
  select 'index', c.oid::regclass, s.statement
  from pg_catalog.pg_index as x
  join pg_catalog.pg_class as c on c.oid = x.indexrelid
  left join pg_catalog.pg_inherits as i on i.inhrelid = x.indexrelid
  cross join lateral (values (1, pg_get_indexdef(x.indexrelid)),
                             (2, format('alter index %s attach partition %s', i.inhparent::regclass, x.indexrelid::regclass))) as s(place, statement)
  where (x.indrelid = 'public.calls'::regclass or x.indrelid in (select d.relid from pg_partition_tree('public.calls') as d))
    and x.indisvalid and (s.place = 1 or i.inhparent is not null) and exists (
    select from pg_catalog.pg_attribute as a where a.attrelid = x.indrelid and a.attname = any (doomed) and a.attnum = any (x.indkey))
  order by s.place, c.relkind = 'i', c.oid::regclass::text;
  insert into ssot.phase3_undo (stage, name, statement)
  select 'swap', p.proname, s.statement
  from pg_catalog.pg_proc as p
  cross join lateral (values (1, pg_get_functiondef(p.oid)), (2, format('select ssot.close_function(%L)', p.oid::regprocedure))) as s(place, statement)
  where p.oid = to_regprocedure('public.check_deprecated_column_writes_with_audit()')
  order by s.place;
  insert into ssot.phase3_undo (stage, name, statement)
  values ('swap', 'deprecated_column_audit', 'alter table if exists ssot.deprecated_column_audit set schema public');
  insert into ssot.phase3_undo (stage, name, statement)
  select 'swap', t.tgname, pg_get_triggerdef(t.oid) || format('; alter table public.calls enable always trigger %I', t.tgname)
  from pg_catalog.pg_trigger as t
  where t.tgrelid = 'public.calls'::regclass and t.tgname ^@ 'warn_deprecated_writes' and not t.tgisinternal
  order by t.tgname;
end
$$;

create function ssot.save_view() returns void
language sql as $$
  delete from ssot.saved_view;
  insert into ssot.saved_view (options, owner, comment, grants)
  select c.reloptions, pg_get_userbyid(c.relowner), obj_description(c.oid, 'pg_class'), ssot.grants_of(c.oid)
  from pg_catalog.pg_class as c where c.oid = 'public.calls_with_caller_names'::regclass;
$$;

-- The view over the columns that calls has now, with the options, owner, comment and grants it had.
create function ssot.rebuild_view() returns void
language plpgsql as $$
declare
  v ssot.saved_view;
begin
  select * into v from ssot.saved_view;
  perform ssot.create_calls_view();
  execute format('alter view public.calls_with_caller_names set (%s)', array_to_string(v.options, ', '));
  if v.owner <> current_user then execute format('alter view public.calls_with_caller_names owner to %I', v.owner); end if;
  execute format('comment on view public.calls_with_caller_names is %s', coalesce(quote_literal(v.comment), 'null'));
  perform ssot.set_grants('public.calls_with_caller_names', v.grants);
end
$$;

-- Plans the restoring, in an order in which VACUUM can clear behind it. Gives how many calls are to be restored.
create function ssot.plan_restore() returns bigint
language plpgsql as $$
declare
  stretch bigint := ssot.stretch_pages('public.calls');
  n bigint;
begin
  truncate ssot.restore_order;
  insert into ssot.restore_order (seq, call_id)
  select row_number() over (order by ssot.turn(c.ctid, stretch)), c.id
  from public.calls as c join ssot.dropped_call_columns as a on a.call_id = c.id;
  get diagnostics n = row_count;
  analyze ssot.restore_order;
  insert into ssot.task (task, planned) values ('calls.restored', n)
  on conflict (task) do update set planned = n, done = 0;
  return n;
end
$$;

-- Brings the values back into empty columns, as planned, then what arrived since; what somebody wrote since is kept.
create procedure ssot.restore_dropped_columns(portion bigint)
language plpgsql as $$
declare
  t ssot.task;
  first bigint := (select done from ssot.task where task = 'calls.restored');
  ids uuid[];
  restored bigint;
  kept bigint;
  size integer;
  took interval;
  started timestamptz;
  told timestamptz := clock_timestamp();
  dropped boolean := exists (select from ssot.phase3_undo);
begin
  loop
    select * into t from ssot.task where task = 'calls.restored';
    exit when t.done - first >= portion;
    size := ssot.next_batch_size(size, took);
    started := clock_timestamp();
    select array_agg(o.call_id) into ids from ssot.restore_order as o where o.seq > t.done and o.seq <= t.done + size;
    if ids is null then
      select array_agg(a.call_id) into ids from (select call_id from ssot.dropped_call_columns limit size) as a;
    end if;
    exit when ids is null;
    perform ssot.open_path();
    if not dropped then
      /* Interrupted before the columns went: only filled numbers go back, and nobody sees a write to the columns. */
      with tail as (
        delete from ssot.dropped_call_columns where call_id = any (ids) returning *
      ), back as (
        update public.calls as c set phone_number = a.filled_over
        from tail as a where c.id = a.call_id and a.filled is not null and c.phone_number = a.filled
        returning c.id
      ), differing as (
        insert into ssot.unrestored (relation, row_key, column_name, original, reason)
        select 'public.calls', jsonb_build_object('id', a.call_id), 'phone_number', a.filled_over, 'changed since'
        from tail as a join public.calls as c on c.id = a.call_id
        where a.filled is not null and not exists (select from back as b where b.id = a.call_id)
        returning 1
      )
      select 0, (select count(*) from differing) into restored, kept;
    else
      with tail as (
        delete from ssot.dropped_call_columns where call_id = any (ids) returning *
      ), back as (
        update public.calls as c
        set caller_name = coalesce(c.caller_name, a.caller_name),
            from_number = coalesce(c.from_number, a.from_number),
            phone_number = case when a.filled is not null and c.phone_number = a.filled then a.filled_over else c.phone_number end
        from tail as a
        where c.id = a.call_id and not a.gone
        returning c.id, c.caller_name, c.from_number, c.phone_number
      ), put_back as (
        select sum((a.caller_name = b.caller_name)::integer) as names, sum((a.from_number = b.from_number)::integer) as numbers
        from tail as a join back as b on b.id = a.call_id
      ), differing as (
        insert into ssot.unrestored (relation, row_key, column_name, original, reason)
        select 'public.calls', jsonb_build_object('id', a.call_id), v.col, v.original, 'changed since'
        from tail as a join back as b on b.id = a.call_id
        cross join lateral (values ('caller_name', a.caller_name, b.caller_name), ('from_number', a.from_number, b.from_number),
                                   ('phone_number', a.filled_over, case when a.filled is not null then b.phone_number else a.filled_over end)
                           ) as v(col, original, present)
        where v.original is distinct from v.present and (v.col = 'phone_number' or v.original is not null)
        returning 1
      )
      select (select coalesce(p.names, 0) + coalesce(p.numbers, 0) from put_back as p), (select count(*) from differing)
      into restored, kept;
    end if;
    perform ssot.add_tally('valuesArchived', restored, 'restored');
    if kept > 0 then perform ssot.add_tally('valuesArchived', kept, 'kept'); end if;
    update ssot.task set done = t.done + cardinality(ids) where task = 'calls.restored';
    call ssot.commit_batch();
    took := clock_timestamp() - started;
    told := ssot.tell_progress('calls restored', least(t.planned, t.done + cardinality(ids)), t.planned, told);
  end loop;
end
$$;
select ssot.close_schema();
commit;

-- step: late_numbers
-- lock: ACCESS SHARE on calls
-- blocks: nothing
begin;
select ssot.map_loose_calls();
commit;

-- step: phone_map
-- lock: none on your tables
-- blocks: nothing
-- client: phone_map
analyze ssot.phone_map;

-- step: copy
-- lock: ROW EXCLUSIVE on calls
-- blocks: writers of the very rows of a batch
-- rows: valuesArchived
-- In portions, with VACUUM between: it is the filled numbers that write calls.
select ssot.in_portions('ssot.archive_dropped_columns(%s)', 'public.calls', ssot.table_rows('public.calls')) \gexec

-- step: swap
-- lock: ACCESS EXCLUSIVE on the view, then on calls
-- blocks: everything on calls, for milliseconds
begin;
-- The gate once more, before any lock is taken.
select ssot.refuse_closed_gate();
select ssot.journal_dropped_objects();
select ssot.save_view();
drop view public.calls_with_caller_names;
lock table public.calls in access exclusive mode;
-- Nobody can write any more; did somebody between the look at the gate and the lock?
do $$
begin
  if coalesce(current_setting('ssot.force_drop', true), '') <> 'yes'
     and exists (select from ssot.deprecated_write where written_at >= now() - interval '1 month') then
    raise exception 'the columns may not be dropped: a deprecated column was written just now' using errcode = 'SS003';
  end if;
end
$$;
select ssot.fill_phone_numbers(array(select call_id from ssot.archive_mark));
drop trigger ssot_archive_insert on public.calls;
drop trigger ssot_archive_update on public.calls;
drop trigger ssot_archive_delete on public.calls;
drop trigger if exists warn_deprecated_writes on public.calls;
drop trigger if exists warn_deprecated_writes_from_number on public.calls;
drop trigger if exists warn_deprecated_writes_value on public.calls;
drop trigger if exists warn_deprecated_writes_insert on public.calls;
drop trigger if exists warn_deprecated_writes_text on public.calls;
drop function if exists public.check_deprecated_column_writes_with_audit();
create or replace view ssot.caller as
select c.id, c.org_id, c.contact_id, c.ctid as place, ssot.call_number(c.call_direction, c.phone_number, null) as number
from public.calls as c;
alter table public.calls drop column if exists caller_name, drop column if exists from_number;
-- The audit leaves public with its rows: they come back if the columns do.
alter table if exists public.deprecated_column_audit set schema ssot;
select ssot.rebuild_view();
notify pgrst, 'reload schema';
commit;

-- step: tidy_archive
-- lock: none on your tables
-- blocks: nothing
-- rows: valuesArchived
begin;
delete from ssot.dropped_call_columns where gone and filled is null;
drop table ssot.archive_mark, ssot.archive_cursor;
insert into ssot.tally (direction, what, n)
select 'migrate', 'valuesArchived', count(caller_name) + count(from_number) from ssot.dropped_call_columns
on conflict on constraint tally_pkey do update set n = excluded.n;
commit;

-- step: record
insert into ssot.ledger (name, run_on)
values ('20260309000000_drop_deprecated_columns', now() at time zone 'UTC')
on conflict (name) do nothing;
\endif

-- Down Migration
\if :{?down}
set timezone = 'UTC';
set search_path = '';
set lock_timeout = '1s';
set statement_timeout = 0;

-- step: columns
-- lock: ACCESS EXCLUSIVE on calls
-- blocks: everything on calls, for a change of the catalog only
begin;
drop trigger if exists ssot_archive_insert on public.calls;
drop trigger if exists ssot_archive_update on public.calls;
drop trigger if exists ssot_archive_delete on public.calls;
do $$
declare
  s text;
begin
  for s in select u.statement from ssot.phase3_undo as u where u.stage = 'columns' order by u.seq loop
    execute s;
  end loop;
end
$$;
commit;

-- step: restore
-- lock: SHARE UPDATE EXCLUSIVE on calls
-- blocks: writers of the very rows of a batch; other schema changes while a portion is vacuumed
-- rows: valuesArchived
select ssot.in_portions('ssot.restore_dropped_columns(%s)', 'public.calls', ssot.plan_restore()) \gexec


-- step: indexes
-- lock: SHARE UPDATE EXCLUSIVE on calls
-- blocks: other schema changes and vacuum of calls
-- wait: long
-- An index that an interrupted build left invalid is dropped first. One of a partitioned calls is made without its parts,
-- which are built and attached; what is attached already may be attached again.
select s.statement
from (
  select u.seq, 1 as part, format('drop index concurrently %s', u.name) as statement
  from ssot.phase3_undo as u
  join pg_catalog.pg_index as x on x.indexrelid = to_regclass(u.name) and not x.indisvalid
  where u.stage = 'index' and u.statement ^@ 'CREATE' and position(' ON ONLY ' in u.statement) = 0
  union all
  select u.seq, 2, case when position(' ON ONLY ' in u.statement) > 0 then u.statement
                        else overlay(u.statement placing ' index concurrently ' from position(' INDEX ' in u.statement) for 7) end
  from ssot.phase3_undo as u
  left join pg_catalog.pg_index as x on x.indexrelid = to_regclass(u.name)
  where u.stage = 'index' and u.statement ^@ 'CREATE'
    and (x.indexrelid is null or not x.indisvalid and position(' ON ONLY ' in u.statement) = 0)
  union all
  select u.seq, 3, u.statement from ssot.phase3_undo as u where u.stage = 'index' and u.statement ^@ 'alter'
) as s
order by s.seq, s.part \gexec

-- step: swap
-- lock: ACCESS EXCLUSIVE on the view, then on calls
-- blocks: everything on calls, for milliseconds
begin;
select ssot.save_view();
drop view public.calls_with_caller_names;
do $$
declare
  s text;
begin
  for s in select u.statement from ssot.phase3_undo as u where u.stage = 'swap' order by u.seq loop
    execute s;
  end loop;
  /* The triggers are new ones, made by us: the witness is sworn in again. */
  if exists (select from ssot.phase3_undo) then perform ssot.swear_in(); end if;
end
$$;
create or replace view ssot.caller as
select c.id, c.org_id, c.contact_id, c.ctid as place, ssot.call_number(c.call_direction, c.phone_number, c.from_number) as number
from public.calls as c;
select ssot.rebuild_view();
drop function if exists ssot.rebuild_view();
drop function if exists ssot.save_view();
drop function if exists ssot.journal_dropped_objects();
drop procedure if exists ssot.archive_dropped_columns(bigint);
drop procedure if exists ssot.restore_dropped_columns(bigint);
drop function if exists ssot.plan_restore();
drop function if exists ssot.fill_phone_numbers(uuid[]);
drop function if exists ssot.sync_archive();
drop function if exists ssot.needs_fill(text, text, text);
drop table if exists ssot.saved_view, ssot.phase3_undo, ssot.dropped_call_columns, ssot.restore_order, ssot.archive_mark,
  ssot.archive_cursor;
delete from ssot.task where task = 'calls.restored';
notify pgrst, 'reload schema';
commit;

-- step: record
delete from ssot.ledger where name = '20260309000000_drop_deprecated_columns';
\endif

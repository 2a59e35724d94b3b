-- Deprecates calls.caller_name and calls.from_number: both still work, and every write to them is witnessed.
--
-- Columns stay until the drop's gate opens. Nothing here may ever fail somebody's write: the trigger function catches
-- whatever goes wrong, waits at most 50 ms for a lock, and keeps its hands still after 1,000 rows of one transaction.
--
-- Phase: 1
--
-- With psql alone:  psql -v ON_ERROR_STOP=1 -f FILE               applies
--                   psql -v ON_ERROR_STOP=1 -v down=1 -f FILE     takes it back

-- Up Migration
\if :{?down}
\else
set timezone = 'UTC';
set search_path = '';
set lock_timeout = '1s';

-- step: set_aside
-- lock: ACCESS EXCLUSIVE on calls, where it finds a trigger of the name
-- blocks: everything on calls, for a change of the catalog only
-- A witness that somebody made by hand is kept, as the statements that make it again; its audit table, with its rows,
-- waits in schema ssot. If others use its function, this stops with their names.
begin;
insert into ssot.object_journal (kind, name, outcome, undo)
select 'trigger', t.tgname, 'replaced',
       pg_get_triggerdef(t.oid) || format('; alter table public.calls %s trigger %I',
         case t.tgenabled when 'D' then 'disable' when 'A' then 'enable always' when 'R' then 'enable replica' else 'enable' end, t.tgname)
       || case when obj_description(t.oid, 'pg_trigger') is null then '' else
            format('; comment on trigger %I on public.calls is %L', t.tgname, obj_description(t.oid, 'pg_trigger')) end
from pg_catalog.pg_trigger as t
where t.tgrelid = 'public.calls'::regclass and t.tgname ^@ 'warn_deprecated_writes' and not t.tgisinternal
union all
/* Its body names things without their schema, and is not to be compiled under our empty search path. */
select 'function', p.oid::regprocedure::text, 'replaced',
       'set local check_function_bodies = off; ' || pg_get_functiondef(p.oid)
       || format('; alter function %s owner to %I', p.oid::regprocedure, pg_get_userbyid(p.proowner))
       || case when obj_description(p.oid, 'pg_proc') is null then '' else
            format('; comment on function %s is %L', p.oid::regprocedure, obj_description(p.oid, 'pg_proc')) end
       || format('; select ssot.close_function(%L)', p.oid::regprocedure)
       || coalesce((select string_agg(format('; grant execute on function %s to %s%s', p.oid::regprocedure,
                                             coalesce(quote_ident(r.rolname), 'public'),
                                             case when x.is_grantable then ' with grant option' else '' end), '' order by r.rolname)
                    from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) as x left join pg_catalog.pg_roles as r on r.oid = x.grantee
                    where x.grantee <> p.proowner), '')
from pg_catalog.pg_proc as p
where p.oid = to_regprocedure('public.check_deprecated_column_writes_with_audit()')
union all
select 'table', 'deprecated_column_audit', 'replaced',
       'alter table ssot.adopted_column_audit rename to deprecated_column_audit; alter table ssot.deprecated_column_audit set schema public'
where to_regclass('public.deprecated_column_audit') is not null
on conflict do nothing;
do $$
declare
  t text;
begin
  for t in select o.name from ssot.object_journal as o where o.kind = 'trigger' loop
    execute format('drop trigger if exists %I on public.calls', t);
  end loop;
end
$$;
drop function if exists public.check_deprecated_column_writes_with_audit();
alter table if exists public.deprecated_column_audit set schema ssot;
alter table if exists ssot.deprecated_column_audit rename to adopted_column_audit;
commit;

-- step: audit
-- lock: SHARE ROW EXCLUSIVE on calls
-- blocks: writers of calls, for a change of the catalog only
begin;
create table public.deprecated_column_audit (
  id               uuid primary key default gen_random_uuid(),
  table_name       text not null,
  column_name      text not null,
  call_id          uuid,
  org_id           uuid,                 -- a value, no reference: dropping one would lock organizations
  old_value        text,
  new_value        text,
  detected_at      timestamptz not null default now(),
  operation        text not null,        -- INSERT or UPDATE
  seen             text not null,        -- by name: the statement names the column; by value: only the value tells;
                                         -- by text: recognised in the statement; summary: further writes, not listed
  role_name        text not null,
  application_name text,
  statement        text                  -- its first 500 characters
);
comment on table public.deprecated_column_audit is
  'Who still writes calls.caller_name and calls.from_number. Rows are kept 30 days or one calendar month, whichever is longer.';
-- A partitioned calls has no key on id alone that could be referenced: there ssot.erase empties the column.
do $$
begin
  if not exists (select from pg_partition_tree('public.calls')) then
    alter table public.deprecated_column_audit add constraint deprecated_column_audit_call_id_fkey
      foreign key (call_id) references public.calls (id) on delete set null;
  end if;
end
$$;
create index deprecated_column_audit_call_id on public.deprecated_column_audit (call_id);
create index deprecated_column_audit_detected_at on public.deprecated_column_audit (detected_at);
alter table public.deprecated_column_audit enable row level security;
select ssot.set_grants('public.deprecated_column_audit', '[]');

-- When each column was last written, out of reach of a truncated audit or a deleted call. One row a transaction and
-- column, never an update: concurrent writers do not meet here.
create table ssot.deprecated_write (
  column_name      text not null,
  written_at       timestamptz not null default now(),
  role_name        text not null,
  application_name text
);
create index deprecated_write_last on ssot.deprecated_write (column_name, written_at desc);

-- A deleted call leaves its audit row as evidence, without anything that was said in it. The statement may have written
-- other calls too: it goes from all rows of its transaction, save those that another delete is blanking.
create function ssot.blank_audit_row() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if new.call_id is null and old.call_id is not null then
    new.old_value := null;
    new.new_value := null;
    new.statement := null;
    execute format(
      'update %1$s set statement = null where ctid = any (array(
         select a.ctid from %1$s as a
         where a.detected_at = $1 and a.call_id is distinct from $2 and a.statement is not null for update skip locked))',
      tg_relid::regclass)
    using old.detected_at, old.call_id;
  end if;
  return new;
end
$$;
select ssot.close_function('ssot.blank_audit_row()');
create trigger blank_audit_row before update of call_id on public.deprecated_column_audit
  for each row execute function ssot.blank_audit_row();

-- Deletes at most "most" rows past retention, none that somebody else is deleting. After the drop the audit lies in
-- schema ssot, until ssot finalize.
create function ssot.prune_audit(most integer) returns bigint
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  n bigint;
begin
  execute format(
    'delete from %1$s where ctid = any (array(
       select a.ctid from %1$s as a
       where a.detected_at < least(now() - interval ''30 days'', now() - interval ''1 month'')
       order by a.detected_at limit $1 for update skip locked))',
    coalesce(to_regclass('public.deprecated_column_audit'), to_regclass('ssot.deprecated_column_audit')))
  using most;
  get diagnostics n = row_count;
  delete from ssot.deprecated_write where ctid = any (array(
    select w.ctid from ssot.deprecated_write as w
    where w.column_name in ('caller_name', 'from_number')  /* for the index */
      and w.written_at < now() - interval '1 day'
      and exists (select from ssot.deprecated_write as later
                  where later.column_name = w.column_name and later.written_at > w.written_at)
    limit most for update skip locked));
  return n;
end
$$;
select ssot.close_function('ssot.prune_audit(integer)');

-- Whether the text of an INSERT or COPY into calls lists the column. strpos first: it is five times cheaper.
create function ssot.statement_names(statement text, col text) returns boolean
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select strpos(lower(statement), col) > 0 and coalesce(
    (pg_catalog.regexp_match(lower(statement),
      '(?:insert[[:space:]]+into|copy)[[:space:]]+(?:"?public"?[.])?"?calls"?(?:[[:space:]]+as[[:space:]]+[^ (]+)?[[:space:]]*[(]([^)]*)[)]'))[1]
      ~ ('(^|[^a-z0-9_])' || col || '($|[^a-z0-9_])'), false);
$$;
select ssot.close_function('ssot.statement_names(text, text)');

-- Keeps the last write of a column where no lock on the audit, and no truncation of it, reaches.
create function ssot.trace_write(col text) returns void
language sql set search_path = pg_catalog, pg_temp as $$
  insert into ssot.deprecated_write (column_name, role_name, application_name)
  values (col, coalesce(nullif(current_setting('role', true), 'none'), session_user), nullif(current_setting('application_name', true), ''));
$$;
select ssot.close_function('ssot.trace_write(text)');

-- Writes one audit row. The 1,001st of a transaction says that there were more; from then on only a column that was not
-- written before in this transaction is noticed, by its WARNING and its trace.
create function ssot.audit_write(col text, call_id uuid, org_id uuid, old_value text, new_value text, operation text, seen text)
returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  n integer := coalesce(nullif(current_setting('ssot.audit_rows', true), '')::integer, 0) + 1;
  who text := coalesce(nullif(current_setting('role', true), 'none'), session_user);
  app text := nullif(current_setting('application_name', true), '');
begin
  perform set_config('ssot.audit_rows', n::text, true);
  if coalesce(current_setting('ssot.warned_' || col, true), '') <> 'yes' then
    perform set_config('ssot.warned_' || col, 'yes', true);
    raise warning '[DEPRECATED COLUMN WRITE] calls.% was written to', col
      using hint = 'Read public.calls_with_caller_names; write contacts.name and calls.phone_number.';
    perform ssot.trace_write(col);
    if n <= 1001 then perform ssot.prune_audit(50); end if;
  end if;
  if n > 1001 then
    return;
  elsif n = 1001 then
    /* It stands for many calls, and could not be blanked with any of them: the rows before it hold the statement. */
    insert into public.deprecated_column_audit (table_name, column_name, org_id, operation, seen, role_name, application_name)
    values ('calls', col, org_id, operation, 'summary', who, app);
  else
    insert into public.deprecated_column_audit
      (table_name, column_name, call_id, org_id, old_value, new_value, operation, seen, role_name, application_name, statement)
    values ('calls', col, call_id, org_id, old_value, new_value, operation, seen, who, app, left(
      /* Without a call nothing could blank it later: the list of columns is all that it tells. */
      case when seen <> 'by text' then current_query() else
        (pg_catalog.regexp_match(current_query(),
          '(?:insert[[:space:]]+into|copy)[[:space:]]+(?:"?public"?[.])?"?calls"?(?:[[:space:]]+as[[:space:]]+[^ (]+)?[[:space:]]*[(][^)]*[)]', 'i'))[1]
      end, 500));
  end if;
end
$$;
select ssot.close_function('ssot.audit_write(text, uuid, uuid, text, text, text, text)');

-- The witness. It runs after the fact and as its owner, so the writer needs no right on the audit.
-- An UPDATE that names a column fires its own trigger, which marks the row; the trigger that looks at values comes
-- after it and passes marked rows over: one audit row a write and column.
create function public.check_deprecated_column_writes_with_audit() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp set lock_timeout = '50ms' as $$
declare
  how constant text := tg_argv[0];
  col text := '';
  /* In the collation "C": letters of names are ASCII, and the statement may be long. */
  said constant text := case when tg_argv[0] = 'text' then lower(current_query() collate "C") end;
  spent constant boolean := coalesce(nullif(current_setting('ssot.audit_rows', true), '')::integer, 0) > 1000;
  name_told constant boolean := spent and current_setting('ssot.warned_caller_name', true) = 'yes';
  from_told constant boolean := spent and current_setting('ssot.warned_from_number', true) = 'yes';
begin
  /* Nothing to do for the common statement, at the price of two strpos, nor for what was told a thousand times. */
  if how = 'text' then
    if (coalesce(name_told, false) or strpos(said, 'caller_name') = 0)
       and (coalesce(from_told, false) or strpos(said, 'from_number') = 0) then
      perform set_config('ssot.inserted_caller_name', '', true), set_config('ssot.inserted_from_number', '', true);
      return null;
    end if;
  elsif spent then
    if how = 'caller_name' and name_told or how = 'from_number' and from_told or how in ('value', 'insert')
       and (name_told or old.caller_name is not distinct from new.caller_name)
       and (from_told or old.from_number is not distinct from new.from_number) then
      return null;
    end if;
  end if;
  begin
    if how in ('caller_name', 'from_number') then
      col := how;
      /* In an upsert: its INSERT part is this same write. */
      if ssot.statement_names(current_query(), col) then perform set_config('ssot.inserted_' || col, 'yes', true); end if;
    end if;
    if how = 'caller_name' then
      if old.caller_name is distinct from new.caller_name then perform set_config('ssot.named_caller_name', new.id::text, true); end if;
      perform ssot.audit_write('caller_name', new.id, new.org_id, old.caller_name, new.caller_name, tg_op, 'by name');
    elsif how = 'from_number' then
      if old.from_number is distinct from new.from_number then perform set_config('ssot.named_from_number', new.id::text, true); end if;
      perform ssot.audit_write('from_number', new.id, new.org_id, old.from_number, new.from_number, tg_op, 'by name');
    elsif how = 'value' then
      if old.caller_name is distinct from new.caller_name and coalesce(current_setting('ssot.named_caller_name', true), '') <> new.id::text then
        col := 'caller_name';
        perform ssot.audit_write('caller_name', new.id, new.org_id, old.caller_name, new.caller_name, tg_op, 'by value');
      end if;
      if old.from_number is distinct from new.from_number and coalesce(current_setting('ssot.named_from_number', true), '') <> new.id::text then
        col := 'from_number';
        perform ssot.audit_write('from_number', new.id, new.org_id, old.from_number, new.from_number, tg_op, 'by value');
      end if;
      perform set_config('ssot.named_caller_name', '', true), set_config('ssot.named_from_number', '', true);
    elsif how = 'insert' then
      if new.caller_name is not null then
        col := 'caller_name';
        perform set_config('ssot.inserted_caller_name', 'yes', true);
        perform ssot.audit_write('caller_name', new.id, new.org_id, null, new.caller_name, tg_op, 'by value');
      end if;
      if new.from_number is not null then
        col := 'from_number';
        perform set_config('ssot.inserted_from_number', 'yes', true);
        perform ssot.audit_write('from_number', new.id, new.org_id, null, new.from_number, tg_op, 'by value');
      end if;
    else
      if coalesce(current_setting('ssot.inserted_caller_name', true), '') <> 'yes' and ssot.statement_names(current_query(), 'caller_name') then
        col := 'caller_name';
        perform ssot.audit_write('caller_name', null, null, null, null, tg_op, 'by text');
      end if;
      if coalesce(current_setting('ssot.inserted_from_number', true), '') <> 'yes' and ssot.statement_names(current_query(), 'from_number') then
        col := 'from_number';
        perform ssot.audit_write('from_number', null, null, null, null, tg_op, 'by text');
      end if;
      perform set_config('ssot.inserted_caller_name', '', true), set_config('ssot.inserted_from_number', '', true);
    end if;
  exception when others then
    /* The write is worth more than its audit. No audit row again in this transaction: each try may cost a wait. */
    perform set_config('ssot.audit_rows', '1001', true), set_config('ssot.warned_' || col, 'yes', true);
    begin
      perform ssot.trace_write(col);
    exception when others then null;
    end;
  end;
  return null;
end
$$;
select ssot.close_function('public.check_deprecated_column_writes_with_audit()');

create trigger warn_deprecated_writes
  after update of caller_name on public.calls
  for each row execute function public.check_deprecated_column_writes_with_audit('caller_name');
create trigger warn_deprecated_writes_from_number
  after update of from_number on public.calls
  for each row execute function public.check_deprecated_column_writes_with_audit('from_number');
create trigger warn_deprecated_writes_value
  after update on public.calls
  for each row when (old.caller_name is distinct from new.caller_name or old.from_number is distinct from new.from_number)
  execute function public.check_deprecated_column_writes_with_audit('value');
create trigger warn_deprecated_writes_insert
  after insert on public.calls
  for each row when (new.caller_name is not null or new.from_number is not null)
  execute function public.check_deprecated_column_writes_with_audit('insert');
create trigger warn_deprecated_writes_text
  after insert on public.calls
  for each statement execute function public.check_deprecated_column_writes_with_audit('text');

-- ALWAYS: a session in replica role is seen too.
alter table public.calls enable always trigger warn_deprecated_writes;
alter table public.calls enable always trigger warn_deprecated_writes_from_number;
alter table public.calls enable always trigger warn_deprecated_writes_value;
alter table public.calls enable always trigger warn_deprecated_writes_insert;
alter table public.calls enable always trigger warn_deprecated_writes_text;

-- What a witness looked like when it was sworn in: a trigger that was disabled and enabled again, or a function that
-- was replaced, has another xmin. Each partition has triggers of its own, which can be disabled there alone.
create table ssot.witness (
  kind text not null,
  name text not null,
  object_id  oid not null,
  changed_in text not null,   -- xmin of its catalog row
  primary key (kind, name)
);
create function ssot.live_witness() returns table (kind text, name text, object_id oid, changed_in text, awake boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
  select 'trigger', case when t.tgparentid = 0 then t.tgname::text else format('%s on %s', t.tgname, t.tgrelid::regclass) end,
         t.oid, t.xmin::text, t.tgenabled = 'A'
  from pg_catalog.pg_trigger as t
  where (t.tgrelid = 'public.calls'::regclass or t.tgrelid in (select d.relid from pg_partition_tree('public.calls') as d))
    and t.tgname ^@ 'warn_deprecated_writes' and not t.tgisinternal
  union all
  select 'function', p.proname::text, p.oid, p.xmin::text, true
  from pg_catalog.pg_proc as p
  where p.oid in (to_regprocedure('public.check_deprecated_column_writes_with_audit()'),
                  to_regprocedure('ssot.audit_write(text, uuid, uuid, text, text, text, text)'),
                  to_regprocedure('ssot.trace_write(text)'),
                  to_regprocedure('ssot.statement_names(text, text)'));
$$;
create function ssot.swear_in() returns void
language sql set search_path = pg_catalog, pg_temp as $$
  delete from ssot.witness;
  insert into ssot.witness (kind, name, object_id, changed_in) select w.kind, w.name, w.object_id, w.changed_in from ssot.live_witness() as w;
$$;
select ssot.swear_in();

-- The former comments come back on rollback.
insert into ssot.object_journal (kind, name, outcome, undo)
select 'comment', 'calls.' || a.attname, 'replaced',
       format('comment on column public.calls.%I is %s', a.attname, coalesce(quote_literal(col_description(a.attrelid, a.attnum)), 'null'))
from pg_catalog.pg_attribute as a
where a.attrelid = 'public.calls'::regclass and a.attname in ('caller_name', 'from_number')
on conflict do nothing;
comment on column public.calls.caller_name is
  '⚠️ DEPRECATED 2026-02-09: Use calls_with_caller_names view instead. This column will be dropped in Phase 3, not before 2026-03-09 (ssot status says when).';
comment on column public.calls.from_number is
  '⚠️ DEPRECATED 2026-02-09: Use phone_number instead. This column will be dropped in Phase 3, not before 2026-03-09 (ssot status says when).';
select ssot.close_schema();
commit;

-- step: gate
-- lock: none on your tables
-- blocks: nothing
begin;
-- What PostgreSQL does not track: bodies of functions, and pg_cron's commands, in whose text a column's name stands
-- together with calls. A text is not a verdict: who can read SQL says in  ssot.analysed_bodies  what each of them means.
create function ssot.phase3_bodies() returns table (
  key text, code text, kind text, name text, body text, definition text,
  fires_on_calls boolean, relations text[], functions text[],  -- what the text does not tell
  fingerprint text                                             -- md5 of all that a verdict stands on
)
language plpgsql stable set search_path = '' as $$
declare
  columns constant text := '(^|[^a-z0-9_])(caller_name|from_number)($|[^a-z0-9_])';
  tables constant text := '(^|[^a-z0-9_])calls(_with_caller_names)?($|[^a-z0-9_])';
  rows_of oid[];
  children text[];
  givers text[];
begin
  with recursive child as (
    select 'public.calls'::regclass::oid as id union select i.inhrelid from child as c join pg_catalog.pg_inherits as i on i.inhparent = c.id
  )
  select array_agg(c.id) || pg_catalog.to_regclass('public.calls_with_caller_names')::oid into rows_of from child as c;
  children := array(select r.relname::text from pg_catalog.pg_class as r where r.oid = any (rows_of) order by 1);
  givers := array(
    select distinct p.proname::text from pg_catalog.pg_proc as p
    join pg_catalog.pg_type as t on t.oid = p.prorettype left join pg_catalog.pg_type as e on e.oid = t.typelem
    where t.typrelid = any (rows_of) or e.typrelid = any (rows_of) order by 1);
  return query
    select 'function ' || f.oid, 'function', case f.prokind when 'p' then 'procedure' else 'function' end, f.oid::regprocedure::text, f.prosrc,
           f.definition, f.fires, children || f.added, givers,
           md5(concat_ws(chr(31), f.definition, f.fires, children || f.added, givers))
    from (
      select p.oid, p.prokind, p.prosrc, pg_get_functiondef(p.oid) as definition,
             exists (select from pg_catalog.pg_trigger as t where t.tgfoid = p.oid and t.tgrelid = any (rows_of)) as fires,
             array(select n.name::text
                   from pg_catalog.pg_trigger as t cross join lateral (values (t.tgoldtable), (t.tgnewtable)) as n(name)
                   where t.tgfoid = p.oid and t.tgrelid = any (rows_of) and n.name is not null order by 1) as added
      from pg_catalog.pg_proc as p
      join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
      where n.nspname not in ('pg_catalog', 'information_schema', 'ssot')
        and p.oid is distinct from to_regprocedure('public.check_deprecated_column_writes_with_audit()')
        and p.prokind <> 'a' and p.prosrc ~* columns
        and not exists (select from pg_catalog.pg_depend as e
                        where e.classid = 'pg_catalog.pg_proc'::regclass and e.objid = p.oid and e.deptype = 'e')
    ) as f
    where f.fires or f.definition ~* tables
       or exists (select from unnest(children || givers) as x(name) where strpos(lower(f.definition), lower(x.name)) > 0);
  if to_regclass('cron.job') is not null and has_schema_privilege('cron', 'usage') and has_table_privilege('cron.job', 'select') then
    return query execute $job$
      select 'job ' || j.id, 'job', 'job', coalesce(j.name, j.id), j.command, j.command, false, $3, $4, md5(concat_ws(chr(31), j.command, $3, $4))
      from (select x.r ->> 'jobid' as id, x.r ->> 'jobname' as name, x.r ->> 'command' as command, x.r ->> 'database' as database
            from (select to_jsonb(c) as r from cron.job as c) as x) as j
      where j.database = current_database() and j.command ~* $1
        and (j.command ~* $2 or exists (select from unnest($3 || $4) as x(name) where strpos(lower(j.command), lower(x.name)) > 0))
    $job$ using columns, tables, children, givers;
  end if;
end
$$;

-- What else depends on the columns, by object and column: what PostgreSQL tracks, views over such views, and bodies.
-- A body counts by its text, unless a verdict over this very text says what it names: nothing, or which in what line.
create function ssot.phase3_dependents() returns table (code text, kind text, name text, column_name text, detail text, certainty text)
language plpgsql stable set search_path = '' as $$
declare
  view_oid oid := pg_catalog.to_regclass('public.calls_with_caller_names');
  calls_oid oid := 'public.calls'::regclass;
  parts oid[] := array(select d.relid from pg_partition_tree('public.calls') as d);
  verdict jsonb := coalesce(nullif(current_setting('ssot.analysed_bodies', true), ''), '{}')::jsonb;
begin
  return query
    with recursive direct as (
      select distinct d.classid, d.objid, d.objsubid, d.refclassid, d.refobjid, d.refobjsubid,
             case when a.attname in ('caller_name', 'from_number') then a.attname::text end as col
      from pg_catalog.pg_depend as d
      left join pg_catalog.pg_attribute as a on d.refclassid = 'pg_catalog.pg_class'::regclass and a.attrelid = d.refobjid and a.attnum = d.refobjsubid
      left join pg_catalog.pg_rewrite as w on d.classid = 'pg_catalog.pg_rewrite'::regclass and w.oid = d.objid
      left join pg_catalog.pg_index as x on d.classid = 'pg_catalog.pg_class'::regclass and x.indexrelid = d.objid
      left join pg_catalog.pg_trigger as t on d.classid = 'pg_catalog.pg_trigger'::regclass and t.oid = d.objid
      left join pg_catalog.pg_attrdef as f on d.classid = 'pg_catalog.pg_attrdef'::regclass and f.oid = d.objid
      left join pg_catalog.pg_class as o on d.classid = 'pg_catalog.pg_class'::regclass and o.oid = d.objid
      left join pg_catalog.pg_constraint as k on d.classid = 'pg_catalog.pg_constraint'::regclass and k.oid = d.objid
      where (d.refclassid = 'pg_catalog.pg_class'::regclass
             and (((d.refobjid = calls_oid or d.refobjid = any (parts)) and a.attname in ('caller_name', 'from_number')) or d.refobjid = view_oid)
             /* Functions and columns of the view's own row type. */
             or d.refclassid = 'pg_catalog.pg_type'::regclass and d.deptype = 'n'
                and d.refobjid in (select y.oid from pg_catalog.pg_type as y
                                   where y.typrelid = view_oid or y.typelem = (select e.oid from pg_catalog.pg_type as e where e.typrelid = view_oid)))
        and not coalesce(k.contype = 'n', false)  /* PostgreSQL 18 lists NOT NULL here */
        and w.ev_class is distinct from view_oid
        and w.ev_class is distinct from to_regclass('ssot.caller')
        and not (x.indexrelid is not null and x.indnatts = 1 and x.indpred is null and x.indexprs is null and not x.indisunique)
        and not coalesce(t.tgname ^@ 'warn_deprecated_writes' or t.tgname ^@ 'ssot_archive', false)
        and not coalesce((f.adrelid = calls_oid or f.adrelid = any (parts)) and f.adnum = d.refobjsubid, false)
        /* What a partition has of calls is told once, of calls. */
        and coalesce(t.tgparentid, 0) = 0 and coalesce(k.coninhcount, 0) = 0
        and not exists (select from pg_catalog.pg_inherits as i where i.inhrelid = x.indexrelid)
        and not coalesce(f.adrelid = any (parts) and f.adrelid <> calls_oid, false)
        and not (d.classid = 'pg_catalog.pg_type'::regclass)
        and not coalesce(o.relkind = 't', false)
    ), found as (
      select d.classid, d.objid, d.objsubid, d.refclassid, d.refobjid, d.refobjsubid, d.col, false as through from direct as d
      union
      /* PostgreSQL tracks the next step only: what reads such a view depends on the view. */
      select d.classid, d.objid, d.objsubid, d.refclassid, d.refobjid, 0, f.col, true
      from found as f
      join pg_catalog.pg_rewrite as w on f.classid = 'pg_catalog.pg_rewrite'::regclass and w.oid = f.objid and w.rulename = '_RETURN'
      join pg_catalog.pg_depend as d on d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid = w.ev_class
       and d.classid in ('pg_catalog.pg_rewrite'::regclass, 'pg_catalog.pg_proc'::regclass) and d.objid <> w.oid
    )
    select 'dependent',
           case when w.rulename = '_RETURN' then case r.relkind when 'm' then 'materialized view' else 'view' end
                when g.attnum is not null then 'generated column'
                else case i.type when 'table constraint' then 'constraint' when 'publication relation' then 'publication' else i.type end end,
           case when w.rulename = '_RETURN' then w.ev_class::regclass::text
                when g.attnum is not null then format('%s.%I', g.attrelid::regclass, g.attname)
                else coalesce(p.pubname::text, i.identity) end,
           f.col,
           'depends on ' || pg_describe_object(f.refclassid, f.refobjid, f.refobjsubid)
             || case when f.through then ', and through it on ' || coalesce('calls.' || f.col, 'calls_with_caller_names') else '' end,
           'catalog'
    from found as f
    cross join lateral pg_identify_object(f.classid, f.objid, f.objsubid) as i
    left join pg_catalog.pg_rewrite as w on f.classid = 'pg_catalog.pg_rewrite'::regclass and w.oid = f.objid
    left join pg_catalog.pg_class as r on r.oid = w.ev_class
    left join pg_catalog.pg_attrdef as e on f.classid = 'pg_catalog.pg_attrdef'::regclass and e.oid = f.objid
    left join pg_catalog.pg_attribute as g on g.attgenerated <> ''
      and (g.attrelid = e.adrelid and g.attnum = e.adnum
           or f.classid = 'pg_catalog.pg_class'::regclass and g.attrelid = f.objid and g.attnum = f.objsubid)
    left join pg_catalog.pg_publication_rel as pr on f.classid = 'pg_catalog.pg_publication_rel'::regclass and pr.oid = f.objid
    left join pg_catalog.pg_publication as p on p.oid = pr.prpubid
    order by 3, 4, 5;
  /* What a trigger's function is told to look at. */
  return query
    select 'dependent', 'trigger', format('%I on %s', t.tgname, t.tgrelid::regclass), c.col, 'gives ' || c.col || ' to its function', 'text'
    from pg_catalog.pg_trigger as t cross join (values ('caller_name'), ('from_number')) as c(col)
    where (t.tgrelid = calls_oid or t.tgrelid = any (parts)) and t.tgparentid = 0
      and not t.tgisinternal and not t.tgname ^@ 'warn_deprecated_writes'
      and substring(pg_get_triggerdef(t.oid) from 'EXECUTE FUNCTION.*$') ~* ('[(,].*[^a-z0-9_]' || c.col || '($|[^a-z0-9_])')
    order by 3, 4;
  return query
    select b.code, b.kind, b.name, m.col, m.detail, m.certainty
    from ssot.phase3_bodies() as b
    cross join lateral (
      select v ->> 'column' as col, v ->> 'detail' as detail, v ->> 'certainty' as certainty
      from jsonb_array_elements(verdict -> b.key -> 'mentions') as v
      where verdict -> b.key ->> 'fingerprint' = b.fingerprint
      union all
      select c.col, 'names ' || c.col, 'text'
      from (values ('caller_name'), ('from_number')) as c(col)
      where verdict -> b.key ->> 'fingerprint' is distinct from b.fingerprint
        and b.body ~* ('(^|[^a-z0-9_])' || c.col || '($|[^a-z0-9_])')
    ) as m
    order by 1, 3, 4;
end
$$;

-- Why the columns may not be dropped today; no row: they may. can_force tells what --force overrides.
create function ssot.phase3_blockers() returns table (code text, message text, can_force boolean)
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  applied timestamptz := (select l.run_on at time zone 'UTC' from ssot.ledger as l where l.name = '20260209000400_mark_deprecated');
  view_oid oid := pg_catalog.to_regclass('public.calls_with_caller_names');
  calls_oid oid := 'public.calls'::regclass;
begin
  if applied is null then
    return query select 'not-deprecated', 'migration 20260209000400_mark_deprecated is not applied', false;
    return;
  end if;
  return query
    select 'not-before', 'not before 2026-03-09', true where now() < timestamptz '2026-03-09 00:00:00+00';
  return query
    select 'soak', 'one calendar month after migration 4: not before ' || to_char((applied + interval '1 month') at time zone 'UTC', 'YYYY-MM-DD HH24:MI') || ' UTC', true
    where now() < applied + interval '1 month';
  if to_regclass('public.deprecated_column_audit') is null then
    return query select 'witness', 'table public.deprecated_column_audit is missing', true;
    return query
      select 'writer', format('calls.%s was written in the last month, last at %s by role %s', d.column_name,
               to_char(d.written_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI'), d.role_name), true
      from (select distinct on (t.column_name) t.* from ssot.deprecated_write as t order by t.column_name, t.written_at desc) as d
      where d.written_at >= now() - interval '1 month'
      order by d.column_name;
  else
  return query
    select 'writer', format('calls.%s was written in the last month (writes in the audit: %s), last at %s by role %s (%s)',
             w.column_name, w.n, to_char(w.last_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI'), w.role_name, coalesce(w.application_name, 'no application name')), true
    from (
      select x.column_name, sum(x.n) as n, max(x.last_at) as last_at,
             (array_agg(x.role_name order by x.last_at desc))[1] as role_name,
             (array_agg(x.application_name order by x.last_at desc))[1] as application_name
      from (
        select a.column_name, count(*) as n, max(a.detected_at) as last_at,
               (array_agg(a.role_name order by a.detected_at desc))[1] as role_name,
               (array_agg(a.application_name order by a.detected_at desc))[1] as application_name
        from public.deprecated_column_audit as a where a.detected_at >= now() - interval '1 month' group by a.column_name
        union all
        select d.column_name, 0, d.written_at, d.role_name, d.application_name
        from ssot.deprecated_write as d where d.written_at >= now() - interval '1 month'
      ) as x
      group by x.column_name
    ) as w
    order by w.column_name;
  end if;
  return query
    select 'witness', format('%s %s is %s', s.kind, s.name,
             case when l.object_id is null then 'missing' when not l.awake then 'disabled' else 'not the one that migration 4 made, or was changed since' end), true
    from ssot.witness as s
    left join ssot.live_witness() as l on l.kind = s.kind and l.name = s.name
    where l.object_id is null or not l.awake or l.object_id <> s.object_id or l.changed_in <> s.changed_in
    order by s.kind, s.name;
  return query select 'witness', 'no witness is recorded', true where not exists (select from ssot.witness);
  return query
    select d.code, format('%s %s %s', d.kind, d.name, d.detail), false
    from ssot.phase3_dependents() as d
    order by array_position('{dependent,function,job}', d.code), 2;
  return query
    select 'view', case when view_oid is null then 'view calls_with_caller_names is missing'
                        else 'view calls_with_caller_names differs from what migration 3 made' end, false
    where not ssot.view_is_ours();
  return query
    select 'privilege', format('%s does not own %s', current_user, c.oid::regclass), false
    from pg_catalog.pg_class as c
    where c.oid in (calls_oid, view_oid) and not pg_has_role(current_user, c.relowner, 'USAGE')
    order by 2;
end
$$;

-- Raises SS003 with every reason while the gate is closed;  set ssot.force_drop = 'yes'  overrides what can be forced.
create function ssot.refuse_closed_gate() returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  reasons text;
begin
  select string_agg(b.message, '; ') into reasons from ssot.phase3_blockers() as b
  where not (b.can_force and coalesce(current_setting('ssot.force_drop', true), '') = 'yes');
  if reasons is not null then
    raise exception 'the columns may not be dropped: %', reasons using errcode = 'SS003';
  end if;
end
$$;
select ssot.close_schema();
commit;

-- step: schedule
-- lock: none on your tables
-- blocks: nothing
-- Each audited write prunes a little. Where pg_cron is installed and this role may use it, it also prunes at night, when
-- nobody writes the columns any more.
begin;
do $$
begin
  if to_regprocedure('cron.schedule(text, text, text)') is not null then
    perform cron.schedule('ssot-prune-audit', '23 3 * * *', 'select ssot.prune_audit(100000)');
  end if;
exception when others then
  raise warning 'pg_cron will not prune the audit: %', sqlerrm;
end
$$;
commit;

-- step: record
insert into ssot.ledger (name, run_on)
values ('20260209000400_mark_deprecated', now() at time zone 'UTC')
on conflict (name) do nothing;
\endif

-- Down Migration
\if :{?down}
set timezone = 'UTC';
set search_path = '';
set lock_timeout = '1s';

-- step: unschedule
-- lock: none on your tables
-- blocks: nothing
begin;
do $$
begin
  if to_regclass('cron.job') is not null then
    perform cron.unschedule(j.jobid) from cron.job as j where j.jobname = 'ssot-prune-audit';
  end if;
exception when others then
  raise warning 'pg_cron goes on with its job ssot-prune-audit: %', sqlerrm;
end
$$;
commit;

-- step: remove_audit
-- lock: ACCESS EXCLUSIVE on calls
-- blocks: everything on calls, for a change of the catalog only
begin;
drop trigger if exists warn_deprecated_writes on public.calls;
drop trigger if exists warn_deprecated_writes_from_number on public.calls;
drop trigger if exists warn_deprecated_writes_value on public.calls;
drop trigger if exists warn_deprecated_writes_insert on public.calls;
drop trigger if exists warn_deprecated_writes_text on public.calls;
drop function if exists public.check_deprecated_column_writes_with_audit();
drop table if exists public.deprecated_column_audit;
drop function if exists ssot.refuse_closed_gate();
drop function if exists ssot.phase3_blockers();
drop function if exists ssot.phase3_dependents();
drop function if exists ssot.phase3_bodies();
drop function if exists ssot.swear_in();
drop function if exists ssot.live_witness();
drop function if exists ssot.audit_write(text, uuid, uuid, text, text, text, text);
drop function if exists ssot.trace_write(text);
drop function if exists ssot.statement_names(text, text);
drop function if exists ssot.prune_audit(integer);
drop function if exists ssot.blank_audit_row();
drop table if exists ssot.witness, ssot.deprecated_write;
do $$
declare
  former text;
begin
  for former in
    select o.undo from ssot.object_journal as o where o.kind in ('comment', 'table', 'function', 'trigger')
    order by array_position('{comment,table,function,trigger}', o.kind), o.name
  loop
    execute former;
  end loop;
end
$$;
delete from ssot.object_journal where kind in ('comment', 'table', 'function', 'trigger');
commit;

-- step: record
delete from ssot.ledger where name = '20260209000400_mark_deprecated';
\endif

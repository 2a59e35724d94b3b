-- Deprecates calls.caller_name and calls.from_number: both still work, and every write to them is witnessed.
--
-- Columns stay until the drop's gate opens. Nothing here may ever fail somebody's write: the witness catches whatever goes
-- wrong, waits at most 50 ms for a lock, and keeps its hands still after 1,000 rows of one transaction.
--
-- Phase: 1
--
-- With psql alone:  psql -v ON_ERROR_STOP=1 -f FILE               applies
--                   psql -v ON_ERROR_STOP=1 -v down=1 -f FILE     takes it back
\set migration 20260209000400_mark_deprecated
\ir ../sql/install.sql

-- Up Migration
\if :{?down}
\else

-- step: set_aside
-- lock: ACCESS EXCLUSIVE on calls, where it finds a trigger of the name
-- blocks: everything on calls, for a change of the catalog only
-- A witness that somebody made by hand is kept, as the statements that make it again; its audit table, with its rows,
-- waits in schema ssot. If others use its function, this stops with their names.
begin;
select ssot.set_aside_by_hand(:'migration');
commit;

-- step: audit
-- lock: SHARE ROW EXCLUSIVE on calls
-- blocks: writers of calls, for a change of the catalog only
begin;
-- The columns, and since this file the words by which their drop is dated and explained.
select ssot.deprecate(:'migration', 'public.calls', 'caller_name',
  reason => 'contacts.name is the single source of truth', replacement => 'calls_with_caller_names.resolved_caller_name',
  not_before => '2026-03-09 00:00:00+00', trigger_name => 'warn_deprecated_writes');
select ssot.deprecate(:'migration', 'public.calls', 'from_number',
  reason => 'phone_number is the caller''s number', replacement => 'calls.phone_number',
  not_before => '2026-03-09 00:00:00+00', trigger_name => 'warn_deprecated_writes_from_number');
comment on column public.calls.caller_name is
  '⚠️ DEPRECATED 2026-02-09: Use calls_with_caller_names view instead. This column will be dropped in Phase 3, not before 2026-03-09 (ssot status says when).';
comment on column public.calls.from_number is
  '⚠️ DEPRECATED 2026-02-09: Use phone_number instead. This column will be dropped in Phase 3, not before 2026-03-09 (ssot status says when).';

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
  statement        text,                 -- its first 500 characters
  stated_at        timestamptz default statement_timestamp()
);
comment on table public.deprecated_column_audit is
  'personal data: who still writes deprecated columns, and what. Rows are kept 30 days or one calendar month, whichever is longer.';
create index deprecated_column_audit_call_id on public.deprecated_column_audit (call_id);
create index deprecated_column_audit_detected_at on public.deprecated_column_audit (detected_at);
-- A deleted call leaves its audit row as evidence, without anything that was said in it.
select ssot.reference_calls('public.deprecated_column_audit', 'call_id');
create trigger blank_audit_row before update of call_id on public.deprecated_column_audit
  for each row execute function ssot.blank_audit_row();
-- Nobody reads it through an API, whatever default privileges gave.
alter table public.deprecated_column_audit enable row level security, no force row level security;
select ssot.set_grants('public.deprecated_column_audit', '[]');

-- Triggers on calls, three a column: warn_deprecated_writes (an UPDATE names caller_name), warn_deprecated_writes_value (it is another
-- value, whoever changed it), warn_deprecated_writes_insert (an INSERT brings one); the same for from_number, warn_deprecated_writes_from_number…;
-- and warn_deprecated_writes_text (an INSERT whose text names one, with NULL perhaps). Each leaves an audit row and a WARNING.
select ssot.watch_writes(:'migration', 'public.check_deprecated_column_writes_with_audit');
-- What they look like now: whoever disables or replaces one is seen by the drop's gate.
select ssot.swear_in(:'migration');
commit;

-- step: schedule
-- lock: none on your tables
-- blocks: nothing
-- Each audited write prunes a little; where pg_cron is installed, it also prunes at night.
begin;
select ssot.schedule_prune();
commit;

-- step: record
-- role: record
-- With psql alone the ledger is written here; ssot writes its own entry.
insert into ssot.ledger (name, run_on) values (:'migration', now() at time zone 'UTC') on conflict (name) do nothing;
\endif

-- Down Migration
\if :{?down}

-- step: unschedule
-- lock: none on your tables
-- blocks: nothing
begin;
select ssot.unschedule_prune();
commit;

-- step: remove_audit
-- lock: ACCESS EXCLUSIVE on calls
-- blocks: everything on calls, for a change of the catalog only
-- Triggers, what they have seen, the columns' marks; then what somebody had made by hand comes back.
begin;
select ssot.undeprecate(:'migration');
drop table if exists public.deprecated_column_audit;
select ssot.bring_back(:'migration', '{table,function,trigger}');
select ssot.forget_objects(:'migration');
commit;

-- step: record
-- role: record
delete from ssot.ledger where name = :'migration';
\endif

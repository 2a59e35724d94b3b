-- Drops calls.caller_name and calls.from_number, when the gate of migration 4 is open. Every value is kept in
-- ssot.dropped_call_columns, and comes back on rollback.
--
-- An online copy and a short swap: (a) archive and triggers that keep it exact, (b) the copy in short transactions,
-- (c) one short transaction that looks at the gate once more and drops. The view goes first, then calls is locked:
-- the other order deadlocks with readers of the view. Nothing is dropped with CASCADE.
--
-- Phase: 3
-- Drops: 20260209000400_mark_deprecated
--
-- With psql alone:  psql -v ON_ERROR_STOP=1 -f FILE               applies
--                   psql -v ON_ERROR_STOP=1 -v down=1 -f FILE     takes it back
\set migration 20260309000000_drop_deprecated_columns
\ir ../sql/install.sql

-- Up Migration
\if :{?down}
\else

-- step: archive
-- lock: SHARE ROW EXCLUSIVE on calls
-- blocks: writers of calls, for a change of the catalog only
begin;
-- A closed gate stops here, with every reason, before anything is written.
select ssot.refuse_closed_gate('20260209000400_mark_deprecated', :force, :'verdicts');
create table ssot.dropped_call_columns (
  call_id     uuid primary key,
  caller_name text,
  from_number text,
  filled      text,                           -- what was written into phone_number, where that was empty
  filled_over text,                           -- what stood there: null or blanks
  gone        boolean not null default false  -- deleted or emptied since: a batch with an older view must not bring it back
);
comment on table ssot.dropped_call_columns is 'personal data: the values of the dropped columns';
select ssot.begin_archive(:'migration', 'public.calls', '{caller_name,from_number}', store => 'ssot.dropped_call_columns',
                          store_key => '{call_id}', row_key => '{id}', fill => 'ssot.fill_phone_numbers',
  -- What a call has that came after the drop, when that is taken back.
  derive => array['(select k.name from public.contacts as k where k.id = t.contact_id and k.org_id = t.org_id)', 't.phone_number']);
-- They keep the archive exact while the copy runs.
select ssot.watch_archive(:'migration');
-- They mark the calls that came to need a number behind the copy.
create trigger ssot_archive_mark_insert after insert on public.calls
  for each row when (new.from_number is not null) execute function ssot.mark_fill('20260309000000_drop_deprecated_columns');
create trigger ssot_archive_mark_update after update on public.calls
  for each row when (old.from_number is distinct from new.from_number or old.phone_number is distinct from new.phone_number
                     or old.call_direction <> new.call_direction)
  execute function ssot.mark_fill('20260309000000_drop_deprecated_columns');
alter table public.calls enable always trigger ssot_archive_mark_insert;
alter table public.calls enable always trigger ssot_archive_mark_update;
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
-- The values go into the archive, and calls.phone_number of inbound calls, where it is empty, gets from_number.
select ssot.archive_in_portions(:'migration', :commits) \gexec

-- step: swap
-- lock: ACCESS EXCLUSIVE on the view, then on calls
-- blocks: everything on calls, for milliseconds
-- role: point-of-no-return
begin;
-- The gate once more, before any lock is taken.
select ssot.refuse_closed_gate('20260209000400_mark_deprecated', :force, :'verdicts');
select ssot.journal_dropped_objects(:'migration', 'public.calls', '{caller_name,from_number}');
-- The view and what stands on it, as the statements that make them again without the columns.
select ssot.narrow_view(:'migration', '{caller_name,from_number}');
lock table public.calls in access exclusive mode;
select ssot.refuse_late_writes('20260209000400_mark_deprecated', :force, :'verdicts');
select ssot.fill_marked(:'migration');
select ssot.unwatch_archive(:'migration');
drop trigger ssot_archive_mark_insert on public.calls;
drop trigger ssot_archive_mark_update on public.calls;
-- The triggers of the witness, and their function.
select ssot.unwatch_writes('20260209000400_mark_deprecated');
alter table public.calls drop column if exists caller_name, drop column if exists from_number;
-- The audit leaves public with its rows: they come back if the columns do.
alter table if exists public.deprecated_column_audit set schema ssot;
-- The view again: select c.*, … as in 20260209000300_create_calls_view.
select ssot.put_view_up(:'migration');
notify pgrst, 'reload schema';
commit;

-- step: tidy_archive
-- lock: none on your tables
-- blocks: nothing
-- rows: valuesArchived
begin;
select ssot.end_archive(:'migration');
commit;

-- step: record
-- role: record
-- With psql alone the ledger is written here; ssot writes its own entry.
insert into ssot.ledger (name, run_on) values (:'migration', now() at time zone 'UTC') on conflict (name) do nothing;
\endif

-- Down Migration
\if :{?down}

-- step: columns
-- lock: ACCESS EXCLUSIVE on calls
-- blocks: everything on calls, for a change of the catalog only
-- The columns come back empty, with their types, collations and storage.
begin;
drop trigger if exists ssot_archive_mark_insert on public.calls;
drop trigger if exists ssot_archive_mark_update on public.calls;
select ssot.bring_columns_back(:'migration');
commit;

-- step: derive
-- lock: SHARE UPDATE EXCLUSIVE on calls
-- blocks: writers of the very rows of a batch; other schema changes while a portion is vacuumed
-- Names and numbers of calls that came after the drop.
select ssot.derive_in_portions(:'migration', :commits) \gexec

-- step: restore
-- lock: SHARE UPDATE EXCLUSIVE on calls
-- blocks: writers of the very rows of a batch; other schema changes while a portion is vacuumed
-- rows: valuesArchived
-- The values, where nobody wrote one since; phone_number, where it still is what was filled in.
select ssot.restore_in_portions(:'migration', :commits) \gexec

-- step: not_null
-- lock: ACCESS EXCLUSIVE on calls, then SHARE UPDATE EXCLUSIVE
-- blocks: everything on calls, for a change of the catalog only, where a column may not be null
select ssot.restore_not_null(:'migration') \gexec

-- step: indexes
-- lock: SHARE UPDATE EXCLUSIVE on calls
-- blocks: other schema changes and vacuum of calls
-- wait: long
select ssot.restore_indexes(:'migration') \gexec

-- step: swap
-- lock: ACCESS EXCLUSIVE on the view, then on calls
-- blocks: everything on calls, for milliseconds
-- Defaults, NOT NULL, comments, grants, the audit and its witness; then the view over all columns again.
begin;
select ssot.widen_view(:'migration');
select ssot.unwatch_archive(:'migration');
select ssot.run_stage(:'migration', 'swap');
alter table if exists ssot.deprecated_column_audit set schema public;
select ssot.watch_again(:'migration', '20260209000400_mark_deprecated', 'public.check_deprecated_column_writes_with_audit');
select ssot.put_view_up(:'migration');
select ssot.forget_archive(:'migration');
drop table if exists ssot.dropped_call_columns;
notify pgrst, 'reload schema';
commit;

-- step: record
-- role: record
delete from ssot.ledger where name = :'migration';
\endif

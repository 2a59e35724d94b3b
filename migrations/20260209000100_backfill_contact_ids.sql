-- Links calls to their contacts.
--
-- A call belongs to the contact of the same organisation that has the caller's number. Both sides are compared in
-- E.164. Calls that have a contact already are left alone. Nothing is guessed: a number that cannot be read stays
-- unlinked. The links are planned once into a journal, then applied in short transactions; the journal is what a
-- rollback undoes.
--
-- What is called here as ssot.… is the engine, in the folder sql, one file a routine: ssot.link_calls in sql/links/link_calls.sql.
--
-- Phase: 1
--
-- With ssot:        ssot migrate / ssot rollback
-- With psql alone:  psql -v ON_ERROR_STOP=1 -f FILE               applies
--                   psql -v ON_ERROR_STOP=1 -v down=1 -f FILE     takes it back
-- Interrupted? Run the same command again: finished batches are not repeated.
\set migration 20260209000100_backfill_contact_ids
\ir ../sql/install.sql

-- Up Migration
\if :{?down}
\else

-- step: loose_numbers
-- lock: ACCESS SHARE on calls, contacts, organizations
-- blocks: nothing
-- role: catch-up
-- Every spelling that is not E.164 yet, once, with its reading where SQL is sure of it.
call ssot.map_loose_numbers(:commits);

-- step: phone_map
-- lock: none on your tables
-- blocks: nothing
-- client: phone_map
-- role: catch-up
-- Here ssot reads with libphonenumber what SQL was not sure of. With psql alone those spellings stay unread, and the
-- contacts that have one are reported by the next step.
analyze ssot.phone_map;

-- step: unfixable_phones
-- lock: ACCESS SHARE on contacts
-- blocks: nothing
-- Stops before anything of yours is changed where a contact's phone cannot be read, unless such contacts are to be set aside
-- by the next migration (psql: -v on_unfixable_phone=quarantine).
begin;
select ssot.refuse_unfixable_phones(:'on_unfixable_phone');
commit;

-- step: erasure_of_calls
-- lock: SHARE ROW EXCLUSIVE on calls
-- blocks: writers of calls, for a change of the catalog only
-- From here on, what the tool keeps of a deleted call or contact goes with it.
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
commit;

-- step: idx_contacts_org_phone
-- lock: SHARE UPDATE EXCLUSIVE on contacts
-- blocks: other schema changes and vacuum of contacts
-- wait: long
-- The webhook looks contacts up by it; with the id inside, without visiting the table.
select ssot.make_index(:'migration', 'idx_contacts_org_phone',
  'CREATE INDEX idx_contacts_org_phone ON public.contacts USING btree (org_id, phone) INCLUDE (id)') \gexec

-- step: link_calls
-- lock: SHARE UPDATE EXCLUSIVE on calls
-- blocks: writers of the very rows of a batch, for the length of a batch; other schema changes while a portion is vacuumed
-- role: catch-up
-- rows: callsLinked
-- calls.contact_id, where it is null: the contact of the organisation that has the call's number, the oldest of several.
select ssot.link_calls(:'migration', :commits) \gexec

-- step: idx_calls_contact_id
-- lock: SHARE UPDATE EXCLUSIVE on calls
-- blocks: other schema changes and vacuum of calls
-- wait: long
-- Built after the links: while it exists, no update of contact_id can be a heap-only one.
select ssot.make_index(:'migration', 'idx_calls_contact_id',
  'CREATE INDEX idx_calls_contact_id ON public.calls USING btree (contact_id)') \gexec

-- step: unlinked_calls
-- lock: ACCESS SHARE on calls
-- blocks: nothing
-- rows: callsUnlinked
begin;
select ssot.count_unlinked(:'migration');
commit;

-- step: record
-- role: record
-- With psql alone the ledger is written here; ssot writes its own entry.
insert into ssot.ledger (name, run_on) values (:'migration', now() at time zone 'UTC') on conflict (name) do nothing;
\endif

-- Down Migration
\if :{?down}

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
-- calls.contact_id, where it still is what was put there: what it was before.
select ssot.undo_in_portions('calls.contact_id', :commits) \gexec

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
-- What is still to be erased goes now: ssot.unrestored may outlive this.
begin;
select ssot.erase_all_due();
select ssot.forget_objects(:'migration');
truncate ssot.phone_map;
commit;

-- step: record
-- role: record
delete from ssot.ledger where name = :'migration';

-- Last of all, where no other migration is applied: the engine itself.
\ir ../sql/uninstall.sql
\endif

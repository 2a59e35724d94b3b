-- Makes contacts trustworthy: one contact a number and organisation, numbers in E.164, names that are names.
--
-- Order matters. Duplicates are merged before numbers are normalised (a unique constraint that exists already would
-- refuse the second spelling), names are cleaned after the merge (a real name beats a placeholder), and each
-- constraint is first NOT VALID, so that no scan happens under an exclusive lock. Every change is journaled.
--
-- Phase: 1
--
-- With psql alone:  psql -v ON_ERROR_STOP=1 -f FILE               applies
--                   psql -v ON_ERROR_STOP=1 -v down=1 -f FILE     takes it back
\set migration 20260209000200_validate_contact_names
\ir ../sql/install.sql

-- Up Migration
\if :{?down}
\else

-- step: contacts_source
-- lock: ACCESS EXCLUSIVE on contacts
-- blocks: everything on contacts, for a change of the catalog only
-- The webhook says where a contact comes from.
begin;
select ssot.note_object(:'migration', 'column', 'contacts.source', case when ssot.column_type('public.contacts', 'source') is null then 'created' else 'kept' end);
alter table public.contacts add column if not exists source text;
commit;

-- step: set_aside_checks
-- lock: ACCESS EXCLUSIVE on contacts
-- blocks: everything on contacts, for a change of the catalog only
-- A rule of the same name without the exception for the contact's own number would refuse the clean-up below.
begin;
select ssot.set_aside_check(:'migration', 'contacts_name_must_be_real', ssot.name_rule());
select ssot.set_aside_check(:'migration', 'contacts_phone_must_be_e164', ssot.phone_rule());
commit;

-- step: late_numbers
-- lock: ACCESS SHARE on contacts
-- blocks: nothing
-- Numbers of contacts that arrived since the spellings were collected; the same again after a late row was found.
begin;
select ssot.map_loose_contacts();
commit;

-- step: late_phone_map
-- lock: none on your tables
-- blocks: nothing
-- client: phone_map
analyze ssot.phone_map;

-- step: late_unfixable_phones
-- lock: ACCESS SHARE on contacts
-- blocks: nothing
begin;
select ssot.refuse_unfixable_phones(:'on_unfixable_phone');
commit;

-- step: quarantine_contacts
-- lock: ROW EXCLUSIVE on contacts and on tables that reference it
-- blocks: writers of the very rows of a batch
-- rows: contactsQuarantined
-- Does nothing unless it was asked for (psql: -v on_unfixable_phone=quarantine).
call ssot.quarantine_contacts(:'migration', :'on_unfixable_phone', :commits);

-- step: merge_contacts
-- lock: ROW EXCLUSIVE on contacts and on tables that reference it
-- blocks: writers of the very contacts of a batch
-- rows: contactsMerged
-- Contacts of one organisation with one number become the oldest of them; every reference follows.
call ssot.merge_contacts(:'migration', :commits);

-- step: normalise_contact_phones
-- lock: ROW EXCLUSIVE on contacts
-- blocks: writers of the very rows of a batch
-- retry: 23505 from late_numbers
-- rows: phonesNormalised
-- contacts.phone in E.164.
call ssot.normalise_contact_phones(:'migration', :commits);

-- step: replace_placeholder_names
-- lock: ROW EXCLUSIVE on contacts
-- blocks: writers of the very rows of a batch
-- rows: namesReplaced, namesRescued
-- contacts.name, where it is none: the newest name that an inbound call caught, else the contact's number.
call ssot.replace_placeholder_names(:'migration', :commits);

-- step: phone_check
-- lock: ACCESS EXCLUSIVE on contacts
-- blocks: everything on contacts, for a change of the catalog only
-- phone ~ '^[+][1-9][0-9]{1,14}$': a plus and up to fifteen digits.
-- From here on new and changed rows are held to the rule. One rule after the other: a late row that breaks both could not
-- be cleaned of one while it is held to the other.
begin;
select ssot.make_check('contacts_phone_must_be_e164', ssot.phone_rule());
commit;

-- step: validate_phones
-- lock: SHARE UPDATE EXCLUSIVE on contacts
-- blocks: other schema changes and vacuum of contacts
-- wait: long
-- retry: 23514 from late_numbers
alter table public.contacts validate constraint contacts_phone_must_be_e164;

-- step: name_check
-- lock: ACCESS EXCLUSIVE on contacts
-- blocks: everything on contacts, for a change of the catalog only
-- A name has two characters at least, or one outside ASCII; it is not "unknown" or "unknown caller", and no phone number but the
-- contact's own.
begin;
select ssot.make_check('contacts_name_must_be_real', ssot.name_rule());
commit;

-- step: validate_names
-- lock: SHARE UPDATE EXCLUSIVE on contacts
-- blocks: other schema changes and vacuum of contacts
-- wait: long
-- retry: 23514 from replace_placeholder_names
alter table public.contacts validate constraint contacts_name_must_be_real;

-- step: idx_contacts_org_phone_unique
-- lock: SHARE UPDATE EXCLUSIVE on contacts
-- blocks: other schema changes and vacuum of contacts
-- wait: long
-- retry: 23505 from late_numbers
select ssot.make_index(:'migration', 'idx_contacts_org_phone_unique',
  'CREATE UNIQUE INDEX idx_contacts_org_phone_unique ON public.contacts USING btree (org_id, phone)') \gexec

-- step: name_follows_phone
-- lock: SHARE ROW EXCLUSIVE on contacts
-- blocks: writers of contacts, for a change of the catalog only
begin;
drop trigger if exists contact_name_follows_phone on public.contacts;
create trigger contact_name_follows_phone
  before update of phone on public.contacts
  for each row when (old.name = old.phone and new.name = old.phone and new.phone is distinct from old.phone)
  execute function ssot.contact_name_follows_phone();
commit;

-- step: normalise_call_numbers
-- lock: SHARE UPDATE EXCLUSIVE on calls
-- blocks: writers of the very rows of a batch; other schema changes while a portion is vacuumed
-- rows: phonesNormalised
-- calls.phone_number in E.164, as far as it can be read.
select ssot.normalise_call_numbers(:'migration', :commits) \gexec

-- step: record
-- role: record
-- With psql alone the ledger is written here; ssot writes its own entry.
insert into ssot.ledger (name, run_on) values (:'migration', now() at time zone 'UTC') on conflict (name) do nothing;
\endif

-- Down Migration
\if :{?down}

-- step: name_follows_phone
-- lock: ACCESS EXCLUSIVE on contacts
-- blocks: everything on contacts, for a change of the catalog only
begin;
drop trigger if exists contact_name_follows_phone on public.contacts;
commit;

-- step: idx_contacts_org_phone_unique
-- lock: SHARE UPDATE EXCLUSIVE on contacts
-- blocks: other schema changes and vacuum of contacts
-- wait: long
select ssot.unmake_index('idx_contacts_org_phone_unique') \gexec

-- step: drop_checks
-- lock: ACCESS EXCLUSIVE on contacts
-- blocks: everything on contacts, for a change of the catalog only
begin;
select ssot.drop_checks(:'migration');
commit;

-- step: restore_call_numbers
-- lock: SHARE UPDATE EXCLUSIVE on calls
-- blocks: writers of the very rows of a batch; other schema changes while a portion is vacuumed
-- rows: phonesNormalised
select ssot.undo_in_portions('calls.phone_number', :commits) \gexec

-- step: restore_names
-- lock: ROW EXCLUSIVE on contacts
-- blocks: writers of the very rows of a batch
-- rows: namesReplaced
call ssot.undo_journal('contacts.name', :commits);

-- step: restore_phones
-- lock: ROW EXCLUSIVE on contacts
-- blocks: writers of the very rows of a batch
-- rows: phonesNormalised
call ssot.undo_journal('contacts.phone', :commits);

-- step: undo_merges
-- lock: ROW EXCLUSIVE on contacts and on tables that reference it
-- blocks: writers of the very rows of a batch
-- rows: contactsMerged
call ssot.undo_merges(:'migration', :commits);

-- step: restore_name_check
-- lock: ACCESS EXCLUSIVE on contacts, then SHARE UPDATE EXCLUSIVE
-- blocks: everything on contacts, for a change of the catalog only
select ssot.unmake_check('contacts_name_must_be_real') \gexec

-- step: restore_phone_check
-- lock: ACCESS EXCLUSIVE on contacts, then SHARE UPDATE EXCLUSIVE
-- blocks: everything on contacts, for a change of the catalog only
select ssot.unmake_check('contacts_phone_must_be_e164') \gexec

-- step: contacts_source
-- lock: ACCESS EXCLUSIVE on contacts
-- blocks: everything on contacts, for a change of the catalog only
-- What was written there since has no place in the former schema; it is stored before the column goes.
begin;
select ssot.drop_source(:'migration');
select ssot.forget_objects(:'migration');
commit;

-- step: record
-- role: record
delete from ssot.ledger where name = :'migration';
\endif

-- Shows every call with the name of its contact, read at the time of asking: when a contact is renamed, its calls are.
--
-- The view asks as the user who reads it (security_invoker, PostgreSQL 15), so row level security of calls and contacts
-- holds, and joins on the organisation too, so that a wrong link shows nobody else's contact.
--
-- Phase: 1
--
-- With psql alone:  psql -v ON_ERROR_STOP=1 -f FILE               applies
--                   psql -v ON_ERROR_STOP=1 -v down=1 -f FILE     takes it back
\set migration 20260209000300_create_calls_view
\ir ../sql/install.sql

-- Up Migration
\if :{?down}
\else

-- step: create_view
-- lock: ACCESS SHARE on calls and contacts; ACCESS EXCLUSIVE on a former view
-- blocks: readers of a former view
-- Somebody's view of the same name stays where it does the same. Else it is kept as the statements that make it again, and ours takes its
-- place, unless it shows more: then this stops, until --replace-view says so (psql: -v replace_view=true). What stands on it is made again.
begin;
select ssot.set_aside_view(:'migration', :replace_view);
-- All columns of calls, and resolved_caller_name, contact_email, contact_lead_status, contact_lead_score, name_source; as
-- ssot.calls_view has it. Who may read calls may read the view; never anon, never everybody.
select ssot.make_view(:'migration');
notify pgrst, 'reload schema';
commit;

-- step: record
-- role: record
-- With psql alone the ledger is written here; ssot writes its own entry.
insert into ssot.ledger (name, run_on) values (:'migration', now() at time zone 'UTC') on conflict (name) do nothing;
\endif

-- Down Migration
\if :{?down}

-- step: drop_view
-- lock: ACCESS EXCLUSIVE on the view
-- blocks: readers of the view
-- The former view returns with what stands on it; one that somebody has changed stays. Without CASCADE: what cannot stand on the former
-- view stops this with its name.
begin;
select ssot.unmake_view(:'migration');
notify pgrst, 'reload schema';
select ssot.forget_objects(:'migration');
commit;

-- step: record
-- role: record
delete from ssot.ledger where name = :'migration';
\endif

-- Makes the dashboard's search fast: indexes for parts of names and numbers, and two functions that find calls by them.
--
-- Row level security keeps a tenant's query from these indexes, because ILIKE could tell of hidden rows. So one function
-- looks into them as their owner and tells only the other one, which asks again as the tenant who called it.
--
-- Phase: 1
-- Optional: search
--
-- With ssot:        ssot migrate --with search / ssot rollback
-- With psql alone:  psql -v ON_ERROR_STOP=1 -f FILE               applies
--                   psql -v ON_ERROR_STOP=1 -v down=1 -f FILE     takes it back
\set migration 20260209000500_search_indexes
\ir ../sql/install.sql

-- Up Migration
\if :{?down}
\else

-- step: schema
-- lock: none on your tables
-- blocks: nothing
-- Schema ssot_search, which tenants may enter, beside schema ssot, which stays closed. PostgREST exposes neither.
begin;
select ssot.make_search_schema(:'migration');
commit;

-- step: grams
-- lock: none on your tables
-- blocks: nothing
-- The function whose answers the indexes hold: pieces of names and numbers.
begin;
select ssot.make_search_grams();
commit;

-- step: idx_contacts_search_name
-- lock: SHARE UPDATE EXCLUSIVE on contacts
-- blocks: other schema changes and vacuum of contacts
-- wait: long
select ssot.make_index(:'migration', 'idx_contacts_search_name', format(
  'CREATE INDEX idx_contacts_search_name ON public.contacts USING gin (ssot_search.grams(org_id, %s, 3)) WITH (fastupdate=off)',
  case when a.atttypid = 'text'::regtype then 'name' else '(name)::text' end))
from pg_catalog.pg_attribute as a
where a.attrelid = 'public.contacts'::regclass and a.attname = 'name' \gexec

-- step: idx_calls_search_number
-- lock: SHARE UPDATE EXCLUSIVE on calls
-- blocks: other schema changes and vacuum of calls
-- wait: long
select ssot.make_index(:'migration', 'idx_calls_search_number', format(
  'CREATE INDEX idx_calls_search_number ON public.calls USING gin (ssot_search.grams(org_id, %s, 3)) WITH (fastupdate=off)',
  case when a.atttypid = 'text'::regtype then 'phone_number' else '(phone_number)::text' end))
from pg_catalog.pg_attribute as a
where a.attrelid = 'public.calls'::regclass and a.attname = 'phone_number' \gexec

-- step: idx_calls_search_contact
-- lock: SHARE UPDATE EXCLUSIVE on calls
-- blocks: other schema changes and vacuum of calls
-- wait: long
-- The calls of many contacts, counted and ordered without a visit to each call.
select ssot.make_index(:'migration', 'idx_calls_search_contact',
  'CREATE INDEX idx_calls_search_contact ON public.calls USING btree (contact_id) INCLUDE (org_id, created_at, id, call_direction)') \gexec

-- step: functions
-- lock: none on your tables
-- blocks: nothing
-- ssot_search.find_calls for whoever may read the view; it asks ssot_search.places, which looks past row level security, and asks what
-- that found again as the caller.
begin;
select ssot.make_search_places(), ssot.make_search_find_calls();
select ssot.open_search();
commit;

-- step: record
-- role: record
-- With psql alone the ledger is written here; ssot writes its own entry.
insert into ssot.ledger (name, run_on) values (:'migration', now() at time zone 'UTC') on conflict (name) do nothing;
\endif

-- Down Migration
\if :{?down}

-- step: functions
-- lock: none on your tables
-- blocks: nothing
begin;
drop function if exists ssot_search.find_calls(uuid, text, integer, bigint, text, timestamptz, timestamptz);
drop function if exists ssot_search.places(uuid, text, text);
commit;

-- step: idx_calls_search_contact
-- lock: SHARE UPDATE EXCLUSIVE on calls
-- blocks: other schema changes and vacuum of calls
-- wait: long
select ssot.unmake_index('idx_calls_search_contact') \gexec

-- step: idx_calls_search_number
-- lock: SHARE UPDATE EXCLUSIVE on calls
-- blocks: other schema changes and vacuum of calls
-- wait: long
select ssot.unmake_index('idx_calls_search_number') \gexec

-- step: idx_contacts_search_name
-- lock: SHARE UPDATE EXCLUSIVE on contacts
-- blocks: other schema changes and vacuum of contacts
-- wait: long
select ssot.unmake_index('idx_contacts_search_name') \gexec

-- step: schema
-- lock: none on your tables
-- blocks: nothing
-- Without CASCADE: if somebody's object stands in the schema, this stops with its name.
begin;
select ssot.drop_search_schema(:'migration');
commit;

-- step: record
-- role: record
delete from ssot.ledger where name = :'migration';
\endif

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
do $$
begin
  if to_regclass('public.calls_with_caller_names') is not null then return; end if;
  create view public.calls_with_caller_names with (security_invoker = true) as
  select
    c.*,
    coalesce(ct.name, nullif(btrim(c.phone_number), ''), 'Unknown') as resolved_caller_name,
    ct.email       as contact_email,
    ct.lead_status as contact_lead_status,
    ct.lead_score  as contact_lead_score,
    /* A contact that is called by its own number is not a known name. */
    case
      when ct.name <> ct.phone or ct.name is not null and ct.phone is null then 'contact'
      when ct.name is not null then 'phone'
      when c.phone_number ~ '^[[:space:]]*[+(]*[0-9]' then 'phone'
      else 'unknown'
    end as name_source
  from public.calls as c
  left join public.contacts as ct on ct.id = c.contact_id and ct.org_id = c.org_id;
  comment on view public.calls_with_caller_names is
    'Calls with the caller''s name read live from contacts.name, the single source of truth. Read it instead of calls.caller_name.';
end
$$;
-- Who may read calls may read the view; never anon, never everybody.
select ssot.dress_view(:'migration');
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

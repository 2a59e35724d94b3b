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

-- Up Migration
\if :{?down}
\else
set timezone = 'UTC';
set search_path = '';
set lock_timeout = '1s';
set statement_timeout = 0;

-- step: schema
-- lock: none on your tables
-- blocks: nothing
-- A schema that tenants may enter, beside schema ssot, which stays closed. PostgREST exposes neither.
begin;
do $$
declare
  somebody text;
begin
  if to_regclass('ssot.made_object') is null or to_regprocedure('ssot.make_index(text, text)') is null then
    raise exception 'migrations 1 to 3 must be applied first' using errcode = 'object_not_in_prerequisite_state';
  end if;
  if to_regnamespace('ssot_search') is not null then
    raise exception 'schema ssot_search is somebody else''s' using
      errcode = 'duplicate_schema', hint = 'Rename that schema: the search has its functions in one of this name.';
  end if;
  /* The indexes fold case by the database's collation, ILIKE by the column's. */
  if exists (
    select from pg_catalog.pg_attribute as a
    where (a.attrelid, a.attname) in (('public.contacts'::regclass, 'name'), ('public.calls'::regclass, 'phone_number'))
      and a.attcollation <> 'pg_catalog.default'::regcollation)
  then
    raise exception 'contacts.name or calls.phone_number has a collation of its own: an index would not find what a search does'
      using errcode = 'feature_not_supported';
  end if;
  if not has_database_privilege(current_database(), 'CREATE') then
    raise exception 'role % may not create schemas in this database', current_user using
      errcode = 'insufficient_privilege', hint = format('grant create on database %I to %I', current_database(), current_user);
  end if;
  create schema ssot_search;
  insert into ssot.object_journal (kind, name, outcome) values ('schema', 'ssot_search', 'created') on conflict do nothing;
  /* Default privileges may have let others in. */
  for somebody in
    select distinct coalesce(quote_ident(r.rolname), 'public')
    from pg_catalog.pg_namespace as n cross join aclexplode(n.nspacl) as x left join pg_catalog.pg_roles as r on r.oid = x.grantee
    where n.nspname = 'ssot_search' and x.grantee <> n.nspowner
  loop
    execute 'revoke all on schema ssot_search from ' || somebody;
  end loop;
end
$$;
commit;

-- step: grams
-- lock: none on your tables
-- blocks: nothing
begin;
-- What the indexes hold of a text: every piece of three characters and every piece of five, case folded as ILIKE does, each
-- as a number. The organisation is mixed into the numbers (as one of 64 buckets), so that a search reads the pieces of its own
-- organisation and hardly any of others. Pieces of five share 2^18 numbers: else almost every one would be an entry of its own.
-- Two pieces of one number cost a look at the row, never a wrong answer: whoever asks compares the text itself, too.
create function ssot_search.grams(organization uuid, said text, shortest integer) returns bigint[]
language plpgsql immutable strict parallel safe
set search_path = pg_catalog, pg_temp as $$
declare
  folded constant text := lower(said);
  size constant integer := char_length(folded);
  bucket constant bigint := uuid_hash_extended(organization, 0) & 63;
  made bigint[] := '{}';
begin
  if shortest <= 3 then
    for n in 1 .. size - 2 loop
      made := made || hashtextextended(substr(folded, n, 3) collate "C", bucket);
    end loop;
  end if;
  for n in 1 .. size - 4 loop
    made := made || (hashtextextended(substr(folded, n, 5) collate "C", bucket) & 262143);
  end loop;
  return made;
end
$$;
-- An index calls its function as whoever writes the row: everybody who writes has to be allowed. It tells of its arguments only.
select ssot.close_function('ssot_search.grams(uuid, text, integer)');
grant execute on function ssot_search.grams(uuid, text, integer) to public;
commit;

-- step: idx_contacts_search_name
-- lock: SHARE UPDATE EXCLUSIVE on contacts
-- blocks: other schema changes and vacuum of contacts
-- wait: long
select ssot.make_index('idx_contacts_search_name', format(
  'CREATE INDEX idx_contacts_search_name ON public.contacts USING gin (ssot_search.grams(org_id, %s, 3)) WITH (fastupdate=off)',
  case when a.atttypid = 'text'::regtype then 'name' else '(name)::text' end))
from pg_catalog.pg_attribute as a
where a.attrelid = 'public.contacts'::regclass and a.attname = 'name' \gexec

-- step: idx_calls_search_number
-- lock: SHARE UPDATE EXCLUSIVE on calls
-- blocks: other schema changes and vacuum of calls
-- wait: long
select ssot.make_index('idx_calls_search_number', format(
  'CREATE INDEX idx_calls_search_number ON public.calls USING gin (ssot_search.grams(org_id, %s, 3)) WITH (fastupdate=off)',
  case when a.atttypid = 'text'::regtype then 'phone_number' else '(phone_number)::text' end))
from pg_catalog.pg_attribute as a
where a.attrelid = 'public.calls'::regclass and a.attname = 'phone_number' \gexec

-- step: idx_calls_search_contact
-- lock: SHARE UPDATE EXCLUSIVE on calls
-- blocks: other schema changes and vacuum of calls
-- wait: long
-- The calls of many contacts, counted and ordered without a visit to each call.
select ssot.make_index('idx_calls_search_contact',
  'CREATE INDEX idx_calls_search_contact ON public.calls USING btree (contact_id) INCLUDE (org_id, created_at, id, call_direction)') \gexec

-- step: functions
-- lock: none on your tables
-- blocks: nothing
begin;
-- Where the organisation's contacts and calls lie that match. Runs as its owner, past row level security, and so answers
-- nobody but ssot_search.find_calls: the caller's line in the stack has to be that function's own. A caller can choose
-- neither that line (the server writes it, and quotes names that are not plain) nor a function of that name: the schema is
-- the owner's. What precedes the signature depends on the server's language; it is learnt from this function's own line.
-- Temporary types come last in the search path: first, as they are under an empty one, a caller's would be taken for text.
-- Both are null where the owner itself is under row level security: then nothing can be said.
create function ssot_search.places(organization uuid, term text, pattern text, out contacts tid[], out calls tid[])
language plpgsql stable security definer parallel restricted
set search_path = pg_catalog, pg_temp set jit = off set plan_cache_mode = force_generic_plan
set debug_print_parse = off set debug_print_rewritten = off set debug_print_plan = off as $$
declare
  mine constant text := 'ssot_search.places(uuid,text,text)';
  theirs constant text := 'ssot_search.find_calls(uuid,text,integer,bigint,text,timestamp with time zone,timestamp with time zone)';
  wanted constant bigint[] := ssot_search.grams(organization, term, case when char_length(term) < 5 then 3 else 5 end);
  stack text;
  lines text[];
  lead integer;
begin
  get diagnostics stack = pg_context;
  lines := string_to_array(stack, chr(10));
  lead := strpos(lines[1], mine) - 1;
  if (lead >= 0 and starts_with(lines[2], left(lines[1], lead) || theirs)) is not true then
    raise exception 'ssot_search.places is for ssot_search.find_calls alone' using errcode = 'insufficient_privilege';
  end if;
  if row_security_active('public.calls') or row_security_active('public.contacts') then return; end if;
  /* "is true" keeps the planner from reading another index with all of the organisation's rows beside. */
  contacts := array(select k.ctid from public.contacts as k
    where ssot_search.grams(k.org_id, k.name, 3) @> wanted and (k.org_id = organization) is true and k.name ilike pattern);
  calls := array(select c.ctid from public.calls as c
    where ssot_search.grams(c.org_id, c.phone_number, 3) @> wanted and (c.org_id = organization) is true and c.phone_number ilike pattern);
end
$$;

-- Finds an organisation's calls by a part of the number or of the contact's name, in any case; % and _ are text. Gives
-- their exact number, and the ids of those from "skip" on, newest first. Runs as the caller: whatever `places` found is
-- asked again, under the caller's rights and row level security, so nothing is told of a row that it does not see.
-- The total is null where the indexes cannot answer: terms under three characters, and parts of the word "Unknown",
-- which the view shows for calls that have neither.
create function ssot_search.find_calls(
  organization uuid, term text, at_most integer, skip bigint, direction text, since timestamptz, before timestamptz,
  out total bigint, out ids uuid[])
language plpgsql stable parallel restricted
set search_path = pg_catalog, pg_temp set jit = off set plan_cache_mode = force_generic_plan
set enable_seqscan = off
set debug_print_parse = off set debug_print_rewritten = off set debug_print_plan = off as $$
declare
  escape constant text := chr(92);
  pattern constant text := '%' || replace(replace(replace(term, escape, escape || escape), '%', escape || '%'), '_', escape || '_') || '%';
  found_at record;
begin
  if char_length(term) < 3 or 'Unknown' ilike pattern then return; end if;
  /* Rights on everything that is asked below, and one row of the organisation that the caller sees: else even the time
     that the search takes would tell of somebody else's. */
  perform c.id, c.created_at, c.call_direction, c.phone_number, k.name
  from public.calls as c left join public.contacts as k on k.id = c.contact_id and k.org_id = c.org_id
  where c.org_id = organization
  limit 1;
  if not found then
    total := 0;
    ids := '{}';
    return;
  end if;
  found_at := ssot_search.places(organization, term, pattern);
  if found_at.calls is null then return; end if;
  with hits as materialized (
    select c.id, c.created_at
    from public.contacts as k join public.calls as c on c.contact_id = k.id
    where k.ctid = any (found_at.contacts) and k.org_id = organization and k.name ilike pattern
      and c.org_id = organization
      and (direction is null or c.call_direction = direction)
      and (since is null or c.created_at >= since) and (before is null or c.created_at < before)
    union
    select c.id, c.created_at
    from public.calls as c
    where c.ctid = any (found_at.calls) and c.org_id = organization and c.phone_number ilike pattern
      and (direction is null or c.call_direction = direction)
      and (since is null or c.created_at >= since) and (before is null or c.created_at < before)
  )
  select (select count(*) from hits),
         array(select h.id from hits as h order by h.created_at desc, h.id limit at_most offset skip)
  into total, ids;
end
$$;

-- Whoever may read the view may search; never anon, never everybody, whatever default privileges gave.
do $$
declare
  f regprocedure;
  reader text;
begin
  for f in select p.oid from pg_catalog.pg_proc as p
           where p.pronamespace = 'ssot_search'::regnamespace and p.proname in ('places', 'find_calls') loop
    perform ssot.close_function(f);
  end loop;
  for reader in
    select distinct quote_ident(g ->> 'grantee')
    from jsonb_array_elements(ssot.grants_of('public.calls_with_caller_names')) as g
    where g ->> 'privilege' = 'SELECT' and g ->> 'column' is null and g ->> 'grantee' is not null and g ->> 'grantee' <> 'anon'
  loop
    execute format('grant usage on schema ssot_search to %s', reader);
    execute format('grant execute on function ssot_search.places(uuid, text, text), ssot_search.find_calls(uuid, text, integer, bigint, text, timestamptz, timestamptz) to %s', reader);
  end loop;
end
$$;
commit;

-- step: record
insert into ssot.ledger (name, run_on)
values ('20260209000500_search_indexes', now() at time zone 'UTC')
on conflict (name) do nothing;
\endif

-- Down Migration
\if :{?down}
set timezone = 'UTC';
set search_path = '';
set lock_timeout = '1s';
set statement_timeout = 0;

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
do $$
begin
  if exists (select from ssot.object_journal as o where o.kind = 'schema' and o.name = 'ssot_search') then
    drop function if exists ssot_search.grams(uuid, text, integer);
    drop schema if exists ssot_search;
  end if;
end
$$;
delete from ssot.object_journal
where kind = 'schema'
   or kind in ('index', 'index comment') and name in ('idx_contacts_search_name', 'idx_calls_search_number', 'idx_calls_search_contact');
commit;

-- step: record
delete from ssot.ledger where name = '20260209000500_search_indexes';
\endif

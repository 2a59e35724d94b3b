-- Shows every call with the name of its contact, read at the time of asking: when a contact is renamed, its calls are.
--
-- The view asks as the user who reads it (security_invoker, PostgreSQL 15), so row level security of calls and contacts
-- holds, and joins on the organisation too, so that a wrong link shows nobody else's contact.
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

-- step: helpers
-- lock: none on your tables
-- blocks: nothing
begin;
-- What was granted on a relation and on its columns, the owner's own rights left out. Null grantee: PUBLIC.
create or replace function ssot.grants_of(relation regclass) returns jsonb
language sql stable set search_path = pg_catalog, pg_temp as $$
  select coalesce(jsonb_agg(jsonb_build_object('grantee', r.rolname, 'privilege', g.privilege_type,
                                               'column', g.attname, 'grantable', g.is_grantable)), '[]')
  from (
    select x.grantee, x.privilege_type, null::name as attname, x.is_grantable, c.relowner
    from pg_catalog.pg_class as c, aclexplode(c.relacl) as x where c.oid = relation
    union all
    select x.grantee, x.privilege_type, a.attname, x.is_grantable, c.relowner
    from pg_catalog.pg_class as c
    join pg_catalog.pg_attribute as a on a.attrelid = c.oid and not a.attisdropped, aclexplode(a.attacl) as x
    where c.oid = relation
  ) as g
  left join pg_catalog.pg_roles as r on r.oid = g.grantee
  where g.grantee <> g.relowner;
$$;

-- Leaves exactly these grants on a relation, whatever default privileges gave it when it was created.
create or replace function ssot.set_grants(relation regclass, grants jsonb) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  g record;
begin
  for g in
    select distinct x ->> 'grantee' as grantee from jsonb_array_elements(ssot.grants_of(relation)) as x
  loop
    execute format('revoke all on %s from %s', relation, coalesce(quote_ident(g.grantee), 'public'));
  end loop;
  for g in select * from jsonb_to_recordset(grants) as x(grantee name, privilege text, "column" name, grantable boolean) loop
    /* A column that is gone takes its grant with it. */
    continue when g."column" is not null and not exists (
      select from pg_catalog.pg_attribute where attrelid = relation and attname = g."column" and not attisdropped);
    execute format('grant %s%s on %s to %s%s', g.privilege, coalesce(' (' || quote_ident(g."column") || ')', ''), relation,
                   coalesce(quote_ident(g.grantee), 'public'), case when g.grantable then ' with grant option' else '' end);
  end loop;
end
$$;

-- Everything that makes a view again: definition, options, owner, defaults, comments, rules, triggers, grants.
create or replace function ssot.view_ddl(relation regclass) returns text
language sql stable set search_path = pg_catalog, pg_temp as $$
  select format('create view %s%s as %s', relation,
                coalesce(' with (' || array_to_string(c.reloptions, ', ') || ')', ''), pg_get_viewdef(c.oid))
    || format(' alter view %s owner to %I;', relation, pg_get_userbyid(c.relowner))
    || case when obj_description(c.oid, 'pg_class') is null then '' else
         format(' comment on view %s is %L;', relation, obj_description(c.oid, 'pg_class')) end
    || coalesce((select string_agg(format(' alter view %s alter column %I set default %s;', relation, a.attname, pg_get_expr(d.adbin, d.adrelid)), '' order by a.attnum)
                 from pg_catalog.pg_attrdef as d join pg_catalog.pg_attribute as a on a.attrelid = d.adrelid and a.attnum = d.adnum
                 where d.adrelid = c.oid), '')
    || coalesce((select string_agg(format(' comment on column %s.%I is %L;', relation, a.attname, col_description(c.oid, a.attnum)), '' order by a.attnum)
                 from pg_catalog.pg_attribute as a where a.attrelid = c.oid and a.attnum > 0 and col_description(c.oid, a.attnum) is not null), '')
    || coalesce((select string_agg(' ' || rtrim(pg_get_ruledef(w.oid), ';') || ';', '' order by w.rulename)
                 from pg_catalog.pg_rewrite as w where w.ev_class = c.oid and w.rulename <> '_RETURN'), '')
    || coalesce((select string_agg(' ' || pg_get_triggerdef(t.oid) || ';', '' order by t.tgname)
                 from pg_catalog.pg_trigger as t where t.tgrelid = c.oid and not t.tgisinternal), '')
    || format(' select ssot.set_grants(%L::regclass, %L::jsonb);', relation, ssot.grants_of(relation))
  from pg_catalog.pg_class as c where c.oid = relation;
$$;

-- The view. It is built here, and again whenever the columns of calls have changed.
-- A contact that is called by its own number is not a known name: its source is "phone".
create or replace function ssot.create_calls_view() returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  create view public.calls_with_caller_names with (security_invoker = true) as
  select
    c.*,
    coalesce(ct.name, nullif(btrim(c.phone_number), ''), 'Unknown') as resolved_caller_name,
    ct.email       as contact_email,
    ct.lead_status as contact_lead_status,
    ct.lead_score  as contact_lead_score,
    case
      when ct.name <> ct.phone then 'contact'
      when ct.name is not null then 'phone'
      when c.phone_number ~ '^[[:space:]]*[+(]*[0-9]' then 'phone'
      else 'unknown'
    end as name_source
  from public.calls as c
  left join public.contacts as ct on ct.id = c.contact_id and ct.org_id = c.org_id;

  comment on view public.calls_with_caller_names is
    'Calls with the caller''s name read live from contacts.name, the single source of truth. Read it instead of calls.caller_name.';

  /* What it looks like when nobody has changed it since. */
  insert into ssot.made_object (name, definition)
  select 'calls_with_caller_names', pg_get_viewdef('public.calls_with_caller_names'::regclass)
  on conflict (name) do update set definition = excluded.definition;
end
$$;

create table if not exists ssot.made_object (
  name       text primary key,
  definition text not null
);

-- Whether the view is there as it was made. The definition's text depends on the search path, hence the empty one.
create or replace function ssot.view_is_ours() returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
  select exists (
    select from pg_catalog.pg_class as c join ssot.made_object as m on m.name = c.relname
    where c.oid = to_regclass('public.calls_with_caller_names') and c.relkind = 'v'
      and 'security_invoker=true' = any (c.reloptions) and pg_get_viewdef(c.oid) = m.definition);
$$;
select ssot.close_schema();
commit;

-- step: create_view
-- lock: ACCESS SHARE on calls and contacts
-- blocks: nothing
begin;
-- Somebody's view of the same name is kept as the statements that make it again. If others stand on it, this stops here.
insert into ssot.object_journal (kind, name, outcome, undo)
select 'view', 'calls_with_caller_names',
       case when to_regclass('public.calls_with_caller_names') is null then 'created' else 'replaced' end,
       ssot.view_ddl(to_regclass('public.calls_with_caller_names'))
on conflict do nothing;
drop view if exists public.calls_with_caller_names;
select ssot.create_calls_view();
-- Who may read calls may read the view; never anon, never everybody.
select ssot.set_grants('public.calls_with_caller_names', (
  select coalesce(jsonb_agg(g), '[]')
  from jsonb_array_elements(ssot.grants_of('public.calls')) as g
  where g ->> 'privilege' = 'SELECT' and g ->> 'column' is null and g ->> 'grantee' is not null and g ->> 'grantee' <> 'anon'));
notify pgrst, 'reload schema';
commit;

-- step: record
insert into ssot.ledger (name, run_on)
values ('20260209000300_create_calls_view', now() at time zone 'UTC')
on conflict (name) do nothing;
\endif

-- Down Migration
\if :{?down}
set timezone = 'UTC';
set search_path = '';
set lock_timeout = '1s';

-- step: drop_view
-- lock: ACCESS EXCLUSIVE on the view
-- blocks: readers of the view
-- Without CASCADE: if somebody's object stands on it, this stops with its name.
begin;
do $$
declare
  was ssot.object_journal;
begin
  select * into was from ssot.object_journal where kind = 'view' and name = 'calls_with_caller_names';
  /* Interrupted before the view was made: one of this name is somebody's. */
  if not found then return; end if;
  drop view if exists public.calls_with_caller_names;
  if was.undo is not null then execute was.undo; end if;
end
$$;
notify pgrst, 'reload schema';
drop function if exists ssot.view_is_ours();
drop function if exists ssot.create_calls_view();
drop function if exists ssot.view_ddl(regclass);
drop function if exists ssot.set_grants(regclass, jsonb);
drop function if exists ssot.grants_of(regclass);
drop table if exists ssot.made_object;
delete from ssot.object_journal where kind = 'view';
commit;

-- step: record
delete from ssot.ledger where name = '20260209000300_create_calls_view';
\endif

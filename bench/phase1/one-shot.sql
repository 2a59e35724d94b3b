-- What the four migrations of Phase 1 leave, as somebody would write it by hand for one sitting: set-based, in one
-- transaction, no journal, nothing to resume, no way back, calls locked to the end. It knows that all numbers are of the
-- United States, and what dirt there is: libphonenumber is not asked.
begin;
set local work_mem = '64MB';
-- Checks that wait for the commit would keep the tables from being altered.
set constraints all immediate;

create function pg_temp.is_placeholder(name text) returns boolean language sql immutable parallel safe as $$
  select name is null or octet_length(btrim(name)) < 2 or name !~ '[^-+0-9()./[:space:]]'
         or name ~* '^[[:space:]]*unknown[[:space:]]*(caller)?[[:space:]]*$'
$$;

-- Every spelling that is not E.164, once, with its reading.
create temporary table phone_map on commit drop as
select raw, '+1' || right(digits, 10) as e164
from (
  select raw, regexp_replace(raw, '[^0-9]', '', 'g') as digits
  from (
    select phone as raw from public.contacts where phone !~ '^[+][1-9][0-9]{1,14}$'
    union
    select phone_number from public.calls where phone_number !~ '^[+][1-9][0-9]{1,14}$'
    union
    select from_number from public.calls where phone_number is null and from_number !~ '^[+][1-9][0-9]{1,14}$'
  ) as spelling
) as spelt
where digits ~ '^1?[2-9][0-9]{9}$';
create unique index on phone_map (raw);
analyze phone_map;

-- Contacts by number, and which of them stays: the oldest.
create temporary table contact_number on commit drop as
select k.id, k.org_id, k.number, first_value(k.id) over same as survivor
from (
  select c.id, c.org_id, c.created_at, coalesce(m.e164, c.phone) as number
  from public.contacts as c left join phone_map as m on m.raw = c.phone
) as k
window same as (partition by k.org_id, k.number order by k.created_at, k.id);
analyze contact_number;

-- Migration 1: links.
create index idx_contacts_org_phone on public.contacts using btree (org_id, phone) include (id);
update public.calls as c set contact_id = k.id
from (
  select n.id, coalesce(m.e164, n.number) as number, n.org_id
  from (
    select x.id, x.org_id,
           case when x.call_direction = 'outbound' or btrim(x.phone_number) <> '' then x.phone_number else x.from_number end as number
    from public.calls as x where x.contact_id is null
  ) as n
  left join phone_map as m on m.raw = n.number
) as l
join contact_number as k on k.org_id = l.org_id and k.number = l.number and k.id = k.survivor
where c.id = l.id;
update public.calls as c set contact_id = k.survivor from contact_number as k where k.id = c.contact_id and k.id <> k.survivor;
create index idx_calls_contact_id on public.calls using btree (contact_id);

-- Migration 2: duplicates, numbers, names, rules.
alter table public.contacts add column source text;
create temporary table gone on commit drop as
select c.*, k.survivor from public.contacts as c join contact_number as k on k.id = c.id and k.id <> k.survivor;
update public.messages as r set contact_id = g.survivor from gone as g where g.id = r.contact_id;
update public.appointments as r set contact_id = g.survivor from gone as g where g.id = r.contact_id;
update public.follow_ups as r set contact_id = g.survivor from gone as g where g.id = r.contact_id;
update public.contact_notes as r set contact_id = g.survivor from gone as g where g.id = r.contact_id;
update public.contact_events as r set contact_id = g.survivor from gone as g where g.id = r.contact_id;
update public.contact_tags as r set contact_id = g.survivor from gone as g where g.id = r.contact_id;
update public.contact_imports as r set contact_id = g.survivor from gone as g where g.id = r.contact_id;
update public.contacts as r set referred_by = g.survivor from gone as g where g.id = r.referred_by;
delete from public.contacts as c using gone as g where g.id = c.id;
update public.contacts as c
set name = case when pg_temp.is_placeholder(c.name) and not pg_temp.is_placeholder(g.name) then g.name else c.name end,
    email = coalesce(c.email, g.email),
    lead_status = coalesce(c.lead_status, g.lead_status),
    lead_score = coalesce(c.lead_score, g.lead_score),
    service_interests = coalesce(c.service_interests, g.service_interests),
    last_contacted_at = coalesce(c.last_contacted_at, g.last_contacted_at),
    booking_source = coalesce(c.booking_source, g.booking_source),
    notes = coalesce(c.notes, g.notes),
    metadata = coalesce(c.metadata, g.metadata)
from gone as g where c.id = g.survivor;

update public.contacts as c set phone = n.phone, name = n.name
from (
  select k.id, coalesce(m.e164, k.phone) as phone,
         case when pg_temp.is_placeholder(k.name) then coalesce(r.caller_name, m.e164, k.phone) else k.name end as name
  from public.contacts as k
  left join phone_map as m on m.raw = k.phone
  left join (
    select distinct on (c.contact_id) c.contact_id, btrim(c.caller_name) as caller_name
    from public.contacts as p
    join public.calls as c on c.contact_id = p.id and c.org_id = p.org_id
    where pg_temp.is_placeholder(p.name) and c.call_direction = 'inbound' and not pg_temp.is_placeholder(c.caller_name)
    order by c.contact_id, c.created_at desc, c.id desc
  ) as r on r.contact_id = k.id
) as n
where n.id = c.id and (n.phone <> c.phone or n.name is distinct from c.name);
alter table public.contacts add constraint contacts_phone_must_be_e164 check (phone ~ '^[+][1-9][0-9]{1,14}$');
alter table public.contacts add constraint contacts_name_must_be_real check (
  name is not null
  and octet_length(btrim(name)) >= 2
  and name !~* '^[[:space:]]*unknown[[:space:]]*(caller)?[[:space:]]*$'
  and (name = phone or name !~ '^[-+0-9()./[:space:]]+$'));
create unique index idx_contacts_org_phone_unique on public.contacts using btree (org_id, phone);
create function public.contact_name_follows_phone() returns trigger language plpgsql as $$
begin
  new.name := new.phone;
  return new;
end
$$;
create trigger contact_name_follows_phone
  before update of phone on public.contacts
  for each row when (old.name = old.phone and new.name = old.phone and new.phone is distinct from old.phone)
  execute function public.contact_name_follows_phone();
update public.calls as c set phone_number = m.e164 from phone_map as m where m.raw = c.phone_number;

-- Migration 3: the view.
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

-- Migration 4: the witness, in its plainest form.
comment on column public.calls.caller_name is 'DEPRECATED 2026-02-09: use calls_with_caller_names instead.';
comment on column public.calls.from_number is 'DEPRECATED 2026-02-09: use phone_number instead.';
create table public.deprecated_column_audit (
  id uuid primary key default gen_random_uuid(), table_name text not null, column_name text not null,
  call_id uuid references public.calls (id) on delete set null, org_id uuid, old_value text, new_value text,
  detected_at timestamptz not null default now()
);
create index deprecated_column_audit_call_id on public.deprecated_column_audit (call_id);
create index deprecated_column_audit_detected_at on public.deprecated_column_audit (detected_at);
create function public.check_deprecated_column_writes_with_audit() returns trigger language plpgsql as $$
begin
  insert into public.deprecated_column_audit (table_name, column_name, call_id, org_id, new_value)
  values ('calls', tg_argv[0], new.id, new.org_id, to_jsonb(new) ->> tg_argv[0]);
  raise warning '[DEPRECATED COLUMN WRITE] calls.% was written to', tg_argv[0];
  return null;
end
$$;
create trigger warn_deprecated_writes after update of caller_name on public.calls
  for each row execute function public.check_deprecated_column_writes_with_audit('caller_name');
create trigger warn_deprecated_writes_from_number after update of from_number on public.calls
  for each row execute function public.check_deprecated_column_writes_with_audit('from_number');
create trigger warn_deprecated_writes_insert after insert on public.calls
  for each row when (new.caller_name is not null or new.from_number is not null)
  execute function public.check_deprecated_column_writes_with_audit('caller_name');
commit;

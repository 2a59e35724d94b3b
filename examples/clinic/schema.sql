-- The clinic's own tables, beside calls and contacts. Each has the tenant, and a key under which a repeated event writes once.

create schema clinic;

-- One a call: the slot that the assistant agreed on.
create table clinic.appointments (
  call_id     uuid        not null,
  org_id      uuid        not null,
  contact_id  uuid,
  starts_at   timestamptz not null,
  reason      text,

  constraint appointments_pkey primary key (call_id),
  constraint appointments_call_id_fkey foreign key (call_id) references public.calls (id),
  constraint appointments_org_id_fkey foreign key (org_id) references public.organizations (id),
  constraint appointments_contact_id_fkey foreign key (contact_id) references public.contacts (id) on delete set null
);

-- What somebody should look at. `told_at` is set as the pager is told.
create table clinic.alerts (
  call_id  uuid        not null,
  kind     text        not null,
  org_id   uuid        not null,
  told_at  timestamptz,

  constraint alerts_pkey primary key (call_id, kind),
  constraint alerts_call_id_fkey foreign key (call_id) references public.calls (id),
  constraint alerts_org_id_fkey foreign key (org_id) references public.organizations (id),
  constraint alerts_kind_check check (kind in ('urgent', 'unhappy', 'failed'))
);

-- Recordings that a worker has to fetch before the provider removes them.
create table clinic.recording_jobs (
  call_id  uuid not null,
  org_id   uuid not null,
  address  text not null,
  state    text not null default 'waiting',

  constraint recording_jobs_pkey primary key (call_id),
  constraint recording_jobs_call_id_fkey foreign key (call_id) references public.calls (id),
  constraint recording_jobs_org_id_fkey foreign key (org_id) references public.organizations (id),
  constraint recording_jobs_state_check check (state in ('waiting', 'fetched', 'failed'))
);

-- Minutes that were begun, and what the provider takes for the call, in dollars.
create table clinic.billing_entries (
  call_id  uuid           not null,
  org_id   uuid           not null,
  minutes  integer        not null,
  cost     numeric(10, 4) not null,

  constraint billing_entries_pkey primary key (call_id),
  constraint billing_entries_call_id_fkey foreign key (call_id) references public.calls (id),
  constraint billing_entries_org_id_fkey foreign key (org_id) references public.organizations (id)
);

-- References are looked for when a contact or an organisation is deleted.
create index appointments_contact_id_idx on clinic.appointments (contact_id);
create index appointments_org_id_starts_at_idx on clinic.appointments (org_id, starts_at);
create index alerts_org_id_idx on clinic.alerts (org_id);
create index recording_jobs_org_id_idx on clinic.recording_jobs (org_id);
create index billing_entries_org_id_idx on clinic.billing_entries (org_id);

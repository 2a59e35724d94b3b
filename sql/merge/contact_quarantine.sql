-- Contacts whose number nobody can read, set aside on request.
create table if not exists ssot.contact_quarantine (
  id             uuid primary key,
  org_id         uuid not null,
  image          jsonb not null,
  quarantined_at timestamptz not null default now()
);
comment on table ssot.contact_quarantine is 'personal data: contacts that were set aside';

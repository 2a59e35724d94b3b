-- How many contacts were deleted, by organisation: their calls stay, without a contact, and `ssot verify` must not ask for one.
-- Counts only. Nothing here is unique, so that no delete ever waits for another.
create table if not exists ssot.erased_contact (
  org_id    uuid not null,
  contacts  bigint not null,
  erased_at timestamptz not null default now()
);
alter table ssot.erased_contact replica identity full;
create index if not exists erased_contact_of_org on ssot.erased_contact (org_id, erased_at);

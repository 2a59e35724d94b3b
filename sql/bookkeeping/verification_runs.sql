-- Runs of `ssot verify --record`: how many calls had a contact then. Counts only; org_id: where one tenant was looked at.
create table if not exists ssot.verification_runs (
  id          bigint generated always as identity primary key,
  recorded_at timestamptz not null default now(),
  org_id      uuid,
  ok          boolean not null,
  counts      jsonb not null,
  coverage    jsonb,
  metrics     jsonb not null
);

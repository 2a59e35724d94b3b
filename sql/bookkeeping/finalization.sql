-- When reversibility was ended, by whom, and how many rows of which table that took. `ssot finalize` writes it.
create table if not exists ssot.finalization (
  id           bigint generated always as identity primary key,
  finalized_at timestamptz not null default now(),
  role_name    text not null default session_user,
  removed      jsonb not null,
  deprecation  text                -- the migration that made it, where one alone was ended; null: all that there was
);

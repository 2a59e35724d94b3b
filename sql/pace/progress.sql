-- How far the long step of a run is, for whoever looks from another session: what the run's own session tells, committed with its batches.
create table if not exists ssot.progress (
  only_row boolean primary key default true check (only_row),
  pid      integer not null,       -- the run's session
  what     text not null,
  done     bigint not null,
  total    bigint not null,
  first    bigint not null,        -- done when it began to tell
  began_at timestamptz not null,
  told_at  timestamptz not null
);

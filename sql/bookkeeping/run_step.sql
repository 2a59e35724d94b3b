-- Labelled steps that are done; written in the step's own transaction where it has one.
create table if not exists ssot.run_step (
  name        text not null,
  direction   text not null,
  step        text not null,
  finished_at timestamptz not null default now(),
  primary key (name, direction, step)
);

-- How fast batches may follow one another. One row. "paused" is anybody's: set it, and every run waits between two batches until it is
-- unset, psql's too. The rest is written by the session that looks after a run while it works, and counts for five seconds: a run
-- that nobody looks after any more goes on as one that never had anybody.
create table if not exists ssot.pace (
  only_row boolean primary key default true check (only_row),
  paused   boolean not null default false,
  holds    boolean not null default false,  -- wait, for a reason that is looked at again
  batch_ms integer,                         -- how long a batch may take; null: as long as without anybody
  rests    real not null default 0,         -- after a batch: so many times its own length
  mode     text,                            -- what was asked for: auto, full, gentle
  state    text,                            -- what a person is told: alone, beside others, slowed, paused
  reason   text,
  told_at  timestamptz
);
insert into ssot.pace (only_row) values (true) on conflict do nothing;

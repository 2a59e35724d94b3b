-- When the counters of pg_stat_statements were looked at for a deprecation, and what they could tell: what they stand on decides what
-- the difference of two looks says.
create table if not exists ssot.reader_sample (
  migration    text not null,
  source       text not null,       -- as in ssot.reader
  read_at      timestamptz not null,
  system_id    text,                -- the server's identity, and whether another one has taken over since
  timeline     integer,
  counted_from timestamptz,         -- since when the counters count; a reset or the loss of their file moves it
  evicted      bigint,              -- how often statements were given up for lack of room since then
  seen         integer,             -- statements
  hidden       integer,             -- those whose text this role may not see
  lost         integer not null default 0,  -- known ones that somebody took out of the counters
  problem      text,                -- why there were no counters
  gaps         text[] not null default '{}',  -- what they do not count
  primary key (migration, source, read_at)
);

-- Statements of others that were recorded by pg_stat_statements and touch, or may touch, the columns of a deprecation: one row a statement
-- and role, kept whatever the counters forget. No text of a statement is kept, but its shape, in which every value is a question mark.
create table if not exists ssot.reader (
  migration    text not null,                 -- that deprecated the columns
  source       text not null,                 -- '' for this server, else the standby that was asked: host:port/database
  fingerprint  text not null,                 -- of the shape: the same on every server, whatever its values, blanks, comments and case
  role_name    text not null,
  columns      text[] not null,
  how          text not null,                 -- reads, returning, copy, view; select *, dynamic; writes, nothing
  certainty    text not null,                 -- grammar, or text where only words told
  judged_under text,                          -- what the verdict of the grammar stands on; null: it was not asked
  through      text,                          -- the view that reads the columns for the statement
  shape        text not null,                 -- its first 500 characters
  counters     jsonb not null,                -- calls and time of each of its entries, as they were last counted
  calls        bigint not null,               -- executions that were counted when it was last looked at
  first_seen   timestamptz not null,
  last_seen    timestamptz,                   -- until when it may have been executed; null: not since the first sample
  seen_after   timestamptz,                   -- since when, at the earliest, that execution can have been
  primary key (migration, source, fingerprint, role_name)
);
comment on table ssot.reader is 'who reads deprecated columns: shapes of statements, no values';

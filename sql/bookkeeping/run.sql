-- What was run, from which text, by which engine and ssot, after which approved plan (its hash), and whether it came to its end.
create table if not exists ssot.run (
  name        text primary key,
  direction   text not null check (direction in ('migrate', 'rollback')),
  checksum    text,
  started_at  timestamptz not null default now(),
  finished_at timestamptz,
  forced      text,
  engine      integer,
  tool        text,
  plan        text
);

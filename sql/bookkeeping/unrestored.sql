-- Originals that a rollback could not put back because somebody changed the row since.
-- The only table that outlives a complete rollback, and only while it holds a row.
create table if not exists ssot.unrestored (
  id          bigint generated always as identity primary key,
  stored_at   timestamptz not null default now(),
  relation    text not null,
  row_key     jsonb not null,
  column_name text,
  original    text,
  image       jsonb,
  reason      text not null
);
comment on table ssot.unrestored is 'personal data: originals that a rollback could not put back';
create index if not exists unrestored_row on ssot.unrestored ((row_key ->> 'id'));
create index if not exists unrestored_key on ssot.unrestored using hash (row_key);
create index if not exists unrestored_original on ssot.unrestored using hash (original);

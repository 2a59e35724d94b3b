-- Objects that a migration made, found or replaced, with the statement that brings the former one back; written before the
-- change. One row an object, with its outcome; a drop and its rollback write several, in the order in which they are run.
create table if not exists ssot.object (
  seq       bigint generated always as identity primary key,
  migration text not null,
  stage     text not null default 'former' check (stage in ('former', 'columns', 'index', 'swap', 'view')),
  kind      text not null,
  name      text not null,
  outcome   text check (outcome in ('created', 'kept', 'replaced')),
  undo      text,
  made      text  -- how it looks when nobody has changed it since
);
create unique index if not exists object_former on ssot.object (kind, name) where stage = 'former';

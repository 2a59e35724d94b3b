-- When each column was last written, out of reach of a truncated audit or a deleted row. One row a transaction and column,
-- never an update: concurrent writers do not meet here.
create table if not exists ssot.deprecated_write (
  relation         text not null,
  column_name      text not null,
  written_at       timestamptz not null default now(),
  role_name        text not null,
  application_name text
);
alter table ssot.deprecated_write replica identity full;
create index if not exists deprecated_write_of_column on ssot.deprecated_write (relation, column_name, written_at desc);

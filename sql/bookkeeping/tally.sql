-- How many rows each migration changed, and how many a rollback restored or kept.
create table if not exists ssot.tally (
  migration text not null,
  direction text not null check (direction in ('migrate', 'restored', 'kept')),
  what      text not null,
  n         bigint not null,
  constraint tally_pkey primary key (migration, direction, what)
);

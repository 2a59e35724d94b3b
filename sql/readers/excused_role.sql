-- Roles whose reads and writes do not close the gate, an archive job, say: until the end of a day (UTC), or for good.
create table if not exists ssot.excused_role (
  migration text not null,
  role_name text not null,
  until     date,
  primary key (migration, role_name)
);

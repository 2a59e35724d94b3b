-- Which migration is applied, since when (UTC). The shape is node-pg-migrate's.
create table if not exists ssot.ledger (
  id     serial primary key,
  name   varchar(255) not null unique,
  run_on timestamp not null
);

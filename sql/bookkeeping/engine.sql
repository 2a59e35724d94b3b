-- Which engine this is. One row. "moving": rows of an older engine's tables still have to be moved into the present ones.
create table if not exists ssot.engine (
  only_row     boolean primary key default true check (only_row),
  version      integer not null,
  tool         text not null,       -- the version of ssot that brought it; psql where that was alone
  fingerprint  text,                -- md5 of all routines, as they were when it was installed: tells drift, nothing else
  installed_at timestamptz not null default now(),
  moving       boolean not null default false
);

-- The first engine had no such row.
insert into ssot.engine (version, tool)
select 1, '0.1.0' where to_regclass('ssot.ledger') is not null
on conflict do nothing;

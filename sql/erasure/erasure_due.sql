-- What a delete could not remove at once, because a batch held the rows. The next delete and every run of ssot remove it.
-- Nothing here is unique, so that no delete ever waits to note something. "noted_in" is the transaction that noted it;
-- "orgs" the organisations of the rows, one by one, which engine 1 did not note. "keys": instead of ids, see ssot.erase_rows; none: all rows.
create table if not exists ssot.erasure_due (
  deleted_from text not null,
  ids          uuid[] not null,
  numbers      text[] not null,
  noted_at     timestamptz not null default now(),
  noted_in     xid8 not null default pg_current_xact_id(),
  orgs         uuid[],
  keys         jsonb[]
);
alter table ssot.erasure_due replica identity full;
comment on table ssot.erasure_due is 'personal data: what is still to be removed, with the numbers of deleted rows';
create index if not exists erasure_due_noted_in on ssot.erasure_due (noted_in);

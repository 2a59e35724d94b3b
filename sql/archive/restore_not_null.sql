-- The statements, for \gexec, that prove of columns which may not be null again that they hold no null, while readers and writers go on: with the
-- proof there PostgreSQL does not read the table again under its lock.
create or replace function ssot.restore_not_null(migration text) returns setof text
language sql stable as $$
  select s.statement
  from (
    select o.seq, a.relation, ssot.not_null_proof(o.name) as proof, o.name
    from ssot.object as o join ssot.archive as a on a.migration = o.migration
    where o.migration = restore_not_null.migration and o.stage = 'swap' and o.kind = 'not null'
      and o.undo ^@ format('alter table %s ', a.relation)
  ) as n
  cross join lateral (values
    (1, format('alter table %s add constraint %I check (%I is distinct from null) not valid', n.relation, n.proof, n.name),
        not exists (select from pg_catalog.pg_constraint as k where k.conrelid = to_regclass(n.relation) and k.conname = n.proof)),
    (2, format('alter table %s validate constraint %I', n.relation, n.proof), true)
  ) as s(part, statement, is_due)
  where s.is_due
  order by n.seq, s.part;
$$;

-- Plans the restoring of a drop's values, in an order in which VACUUM can clear behind it, and gives the statements, for \gexec.
create or replace function ssot.restore_in_portions(migration text, commits boolean) returns setof text
language plpgsql as $$
declare
  a ssot.archive;
  n bigint;
begin
  select * into a from ssot.archive as x where x.migration = restore_in_portions.migration;
  if a.migration is null then return; end if;
  truncate ssot.undo_order;
  execute format('insert into ssot.undo_order (seq, task, lies_at)
                  select row_number() over (order by ssot.turn(p.lies_at, $1)), $2, p.store_place
                  from (select ssot.lies_at(r.ctid) as lies_at, x.ctid as store_place from %s as r join %s as x on %s offset 0) as p', a.relation, a.store, ssot.same_key(a, 'r', a.row_key, 'x', a.store_key))
  using ssot.stretch_pages(a.relation::regclass), a.migration || ' restored';
  get diagnostics n = row_count;
  analyze ssot.undo_order;
  insert into ssot.task (task, migration, relation, effect, planned) values (a.migration || ' restored', a.migration, a.relation, 'valuesArchived', n)
  on conflict on constraint task_pkey do update set planned = n, done = 0;
  return query select ssot.in_portions(format('call ssot.restore_columns(%L, %s, %%s)', a.migration, commits::text), a.relation::regclass, n, commits);
end
$$;

-- The columns come back empty, with their types, collations and storage; where the drop never got so far, only its triggers go. Rows that are
-- inserted from now on get what "derive" says at once.
create or replace function ssot.bring_columns_back(migration text) returns void
language plpgsql as $$
declare
  a ssot.archive;
  derived text[];
begin
  select * into a from ssot.archive as x where x.migration = bring_columns_back.migration;
  perform ssot.unwatch_archive(migration);
  perform ssot.run_stage(migration, 'columns');
  derived := array(select c.name from unnest(a.columns, a.derive) as c(name, expression) where c.expression is not null);
  if derived = '{}' or not exists (select from ssot.object as o where o.migration = a.migration and o.stage = 'columns') then return; end if;
  execute format('create trigger %I after insert on %s for each row when (%s) execute function ssot.derive_row(%L)',
    'ssot_derive_' || left(a.migration, 14), a.relation, ssot.listed('new.%1$I is not distinct from null', derived, '{}', ' or '), a.migration);
  execute format('alter table %s enable always trigger %I', a.relation, 'ssot_derive_' || left(a.migration, 14));
end
$$;

-- Renames what a table that is set aside has in its schema beside itself, so that ours may have the names wherever the two meet: indexes,
-- with the constraints behind them, sequences of its columns, and statistics. Statistics stay where they are, all else moves with the
-- table. Gives the statements that name everything back, for the table in schema public.
create or replace function ssot.set_aside_names(tab regclass) returns text
language plpgsql as $$
declare
  part record;
  aside text;
  undo text := '';
begin
  for part in
    select 'index' as kind, c.relname as name, n.nspname as place
    from pg_catalog.pg_index as x
    join pg_catalog.pg_class as c on c.oid = x.indexrelid join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    where x.indrelid = tab
    union all
    select 'sequence', c.relname, n.nspname
    from pg_catalog.pg_depend as d
    join pg_catalog.pg_class as c on c.oid = d.objid and c.relkind = 'S' join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    where d.classid = 'pg_catalog.pg_class'::regclass and d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid = tab and d.refobjsubid > 0
      and d.deptype in ('a', 'i')
    union all
    select 'statistics', s.stxname, n.nspname
    from pg_catalog.pg_statistic_ext as s join pg_catalog.pg_namespace as n on n.oid = s.stxnamespace
    where s.stxrelid = tab
    order by 1, 2
  loop
    continue when part.name ^@ 'adopted_';
    aside := format('adopted_%s_%s', left(md5(part.name), 8), left(part.name, 45));
    execute format('alter %s %I.%I rename to %I', part.kind, part.place, part.name, aside);
    undo := undo || format('; alter %s %I.%I rename to %I', part.kind, case part.kind when 'statistics' then part.place else 'public' end,
                           aside, part.name);
  end loop;
  return undo;
end
$$;

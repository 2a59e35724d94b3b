-- Points every reference from one contact to another (or to none), and journals each row.
create or replace function ssot.move_references(from_ids uuid[], to_ids uuid[], path text) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  r record;
  broken_constraint text;
  broken_table text;
begin
  for r in select * from ssot.contact_reference where col is not null order by rel, col, constraint_name loop
    execute format(
      'with moved as (
         update %1$s as r set %2$I = %5$s
         from pg_catalog.set_config(''search_path'', $3, true) as opened(path)
         cross join lateral (select m.old, m.new from unnest($1, $2) as m(old, new) where opened.path is not null offset 0) as m
         where r.%2$I = m.old
         returning m.old, r.%2$I as new, %3$s as key
       )
       insert into ssot.journal (task, seq, kind, relation, key, column_name, old, new)
       select ''merge'', nextval(''ssot.merge_seq''), ''repoint'', %4$L, key, %2$L, old::text, new::text from moved',
      r.rel, r.col, ssot.row_as_text('r', ssot.key_columns(r.relid)), r.rel,
      /* A contact that its own duplicate referred has no referrer now, rather than itself. */
      case when r.relid = 'public.contacts'::regclass and not r.not_null then 'nullif(m.new, r.id)' else 'm.new' end)
    using from_ids, to_ids, path;
    perform pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
  end loop;
  for r in select * from ssot.contact_reference where col is not null order by rel, col, constraint_name loop
    execute format('select min(%1$I::text) from %2$s where %1$I = any ($1)', r.col, r.rel) into broken_table using from_ids;
    if broken_table is not null then
      raise exception 'contact % is still referenced by % (%)', broken_table, r.rel, r.constraint_name
        using errcode = 'SS002', hint = 'A trigger, rule or policy there keeps the reference from being moved.';
    end if;
  end loop;
exception when unique_violation or exclusion_violation or check_violation or not_null_violation then
  get stacked diagnostics broken_constraint = constraint_name, broken_table = table_name;
  raise exception 'references cannot follow: constraint % of table % refuses a row', broken_constraint, broken_table
    using errcode = 'SS002', hint = 'Delete or change a row there, then run again.';
end
$$;

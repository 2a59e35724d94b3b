-- Declares a column deprecated, and keeps its comment for the way back. What a rule of the catalog forbids later is refused here.
create or replace function ssot.deprecate(
  migration text, relation text, column_name text, reason text, replacement text default null, owner text default null,
  not_before timestamptz default null, quiet interval default '1 month', trigger_name text default null)
returns void
language plpgsql as $$
declare
  tab constant regclass := deprecate.relation::regclass;
  place smallint := (select count(*) + 1 from ssot.deprecated_column as d where d.migration = deprecate.migration);
  traced_in text := 'ssot.traced_' || (select coalesce(max(substring(d.traced_in from '[0-9]+$')::integer), 0) + 1 from ssot.deprecated_column as d);
  base text := coalesce((select d.trigger_base from ssot.deprecated_column as d where d.migration = deprecate.migration and d.place = 1),
                        deprecate.trigger_name, 'ssot_warn_' || left(deprecate.migration, 14));
begin
  if ssot.column_type(tab, deprecate.column_name) is null then
    raise exception 'column %.% does not exist', tab, deprecate.column_name using errcode = 'undefined_column';
  end if;
  insert into ssot.deprecated_column
    (relation, column_name, place, migration, reason, replacement, owner, not_before, quiet, trigger_name, trigger_base, function_name, traced_in)
  values (tab::text, deprecate.column_name, place, deprecate.migration, deprecate.reason, deprecate.replacement, deprecate.owner,
          deprecate.not_before, deprecate.quiet, coalesce(deprecate.trigger_name, base || '_' || place), base, 'ssot.see_write', traced_in);
  execute format('create sequence %s', traced_in);
  perform ssot.note_object(deprecate.migration, 'comment', format('%s.%s', tab, deprecate.column_name), 'replaced',
    (select format('comment on column %s.%I is %s', tab, a.attname, coalesce(quote_literal(col_description(a.attrelid, a.attnum)), 'null'))
     from pg_catalog.pg_attribute as a where a.attrelid = tab and a.attname = deprecate.column_name));
end
$$;

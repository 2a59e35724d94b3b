-- Declares a column deprecated, and says so in its comment. Where it may be null its default goes, or its type's: a default writes, too. Comment and defaults
-- are kept for the way back. What a rule of the catalog forbids later is refused here.
create or replace function ssot.deprecate(
  migration text, relation text, column_name text, reason text, replacement text default null, owner text default null,
  not_before timestamptz default null, quiet interval default '1 month', trigger_name text default null,
  accepts_loss boolean default false)
returns void
language plpgsql as $$
declare
  tab constant regclass := deprecate.relation::regclass;
  place smallint := (select count(*) + 1 from ssot.deprecated_column as d where d.migration = deprecate.migration);
  /* The mission's audit names calls by their id alone, which a partitioned calls has no key on. */
  found_by constant text[] := case when tab::text = 'public.calls' then '{id}' else ssot.row_key(tab) end;
  traced_in text := 'ssot.traced_' || (select coalesce(max(substring(d.traced_in from '[0-9]+$')::integer), 0) + 1 from ssot.deprecated_column as d);
  base text := coalesce((select d.trigger_base from ssot.deprecated_column as d where d.migration = deprecate.migration and d.place = 1),
                        deprecate.trigger_name, 'ssot_warn_' || left(deprecate.migration, 14));
  part record;
begin
  if ssot.column_type(tab, deprecate.column_name) is null then
    raise exception 'column %.% does not exist', tab, deprecate.column_name using errcode = 'undefined_column';
  end if;
  insert into ssot.deprecated_column
    (relation, column_name, place, migration, reason, replacement, owner, not_before, quiet, trigger_name, trigger_base, function_name, traced_in,
     row_key, plain_key, has_org, accepts_loss)
  values (tab::text, deprecate.column_name, place, deprecate.migration, deprecate.reason, deprecate.replacement, deprecate.owner,
          deprecate.not_before, deprecate.quiet, coalesce(deprecate.trigger_name, base || '_' || place), base, 'ssot.see_write', traced_in,
          found_by,
          found_by is not null and not exists (select from unnest(found_by) as k(name) where ssot.column_type(tab, k.name) !~ '^(uuid|smallint|integer|bigint|text|boolean|name|oid|character varying.*)$'),
          coalesce(ssot.column_type(tab, 'org_id') = 'uuid', false),
          deprecate.accepts_loss);
  execute format('create sequence %s', traced_in);
  perform ssot.note_object(deprecate.migration, 'comment', format('%s.%s', tab, deprecate.column_name), 'replaced',
    (select format('comment on column %s.%I is %s', tab, a.attname, coalesce(quote_literal(col_description(a.attrelid, a.attnum)), 'null'))
     from pg_catalog.pg_attribute as a where a.attrelid = tab and a.attname = deprecate.column_name));
  execute format('comment on column %s.%I is %L', tab, deprecate.column_name,
    format('DEPRECATED %s: %s.%s', to_char(now() at time zone 'UTC', 'YYYY-MM-DD'), rtrim(deprecate.reason, '.'),
           ' Use ' || rtrim(deprecate.replacement, '.') || '.'));
  for part in
    select a.attrelid::regclass as name, 'set default ' || pg_get_expr(e.adbin, e.adrelid) as former,
           case when t.typdefault is null then 'drop default' else 'set default null' end as silent
    from (select tab::oid as id union select p.relid from pg_partition_tree(tab) as p) as x
    join pg_catalog.pg_attribute as a on a.attrelid = x.id and a.attname = deprecate.column_name and a.attgenerated = '' and not a.attnotnull
    join pg_catalog.pg_type as t on t.oid = a.atttypid
    left join pg_catalog.pg_attrdef as e on e.adrelid = a.attrelid and e.adnum = a.attnum
    where e.oid is not null or t.typdefault is not null
  loop
    perform ssot.note_object(deprecate.migration, 'default', format('%s.%s', part.name, deprecate.column_name), 'replaced',
      format('alter table only %s alter column %I %s', part.name, deprecate.column_name, coalesce(part.former, 'drop default')));
    execute format('alter table only %s alter column %I %s', part.name, deprecate.column_name, part.silent);
  end loop;
end
$$;

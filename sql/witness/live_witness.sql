-- The witness of a deprecation as it is now: its triggers, on the table and on each partition, and the functions that they come by.
create or replace function ssot.live_witness(migration text default '20260209000400_mark_deprecated')
returns table (kind text, name text, object_id oid, changed_in text, awake boolean)
language sql stable set search_path = pg_catalog, pg_temp as $$
  with d as (
    select distinct to_regclass(x.relation) as tab, x.trigger_base, x.function_name
    from ssot.deprecated_column as x where x.migration = live_witness.migration
  )
  select 'trigger', case when t.tgparentid = 0 then t.tgname::text else format('%s on %s', t.tgname, t.tgrelid::regclass) end,
         t.oid, t.xmin::text, t.tgenabled = 'A'
  from d join pg_catalog.pg_trigger as t
    on (t.tgrelid = d.tab or t.tgrelid in (select p.relid from pg_partition_tree(d.tab) as p)) and t.tgname ^@ d.trigger_base
  where not t.tgisinternal
  union all
  select 'function', p.proname::text, p.oid, p.xmin::text, true
  from d join pg_catalog.pg_proc as p
    on p.oid = to_regprocedure(d.function_name || '()')
    or p.pronamespace = 'ssot'::regnamespace and p.proname in (
         'see_column', 'audit_write', 'trace_write', 'is_traced', 'audited_rows', 'set_audited_rows', 'statement_names', 'insert_head',
         'is_audited_by_name', 'is_audited_here', 'who', 'audit_table');
$$;

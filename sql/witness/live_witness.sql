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
  from d
  cross join unnest(array[
    d.function_name || '()', 'ssot.see_column(text, text, text, text, record, record)', 'ssot.audit_write(text, text, jsonb, uuid, text, text, text, text)',
    'ssot.trace_write(text, text)', 'ssot.is_traced(text, text)', 'ssot.audited_rows()', 'ssot.set_audited_rows(integer)',
    'ssot.statement_names(text, regclass, text)', 'ssot.insert_head(text, regclass)', 'ssot.is_audited_by_name(regclass, text, text, jsonb, text, text)',
    'ssot.is_audited_here(regclass, text, text)', 'ssot.who()', 'ssot.audit_table()', 'ssot.audit_of(text)', 'ssot.key_of(record, text[])']) as f(signature)
  join pg_catalog.pg_proc as p on p.oid = to_regprocedure(f.signature);
$$;

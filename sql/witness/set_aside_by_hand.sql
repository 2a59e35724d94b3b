-- A witness that somebody made by hand before is kept, as the statements that make it again; its audit table, with its rows,
-- waits in schema ssot. If others use its function, this stops with their names.
create or replace function ssot.set_aside_by_hand(migration text) returns void
language plpgsql as $$
declare
  t text;
begin
  perform ssot.note_object(migration, 'trigger', x.tgname, 'replaced',
    pg_get_triggerdef(x.oid) || format('; alter table public.calls %s trigger %I',
      case x.tgenabled when 'D' then 'disable' when 'A' then 'enable always' when 'R' then 'enable replica' else 'enable' end, x.tgname)
    || case when obj_description(x.oid, 'pg_trigger') is null then '' else
         format('; comment on trigger %I on public.calls is %L', x.tgname, obj_description(x.oid, 'pg_trigger')) end)
  from pg_catalog.pg_trigger as x
  where x.tgrelid = 'public.calls'::regclass and x.tgname ^@ 'warn_deprecated_writes' and not x.tgisinternal;
  /* Its body names things without their schema, and is not to be compiled under our empty search path. */
  perform ssot.note_object(migration, 'function', p.oid::regprocedure::text, 'replaced',
    'set local check_function_bodies = off; ' || pg_get_functiondef(p.oid)
    || format('; alter function %s owner to %I', p.oid::regprocedure, pg_get_userbyid(p.proowner))
    || case when obj_description(p.oid, 'pg_proc') is null then '' else
         format('; comment on function %s is %L', p.oid::regprocedure, obj_description(p.oid, 'pg_proc')) end
    || format('; select ssot.close_function(%L)', p.oid::regprocedure)
    || coalesce((select string_agg(format('; grant execute on function %s to %s%s', p.oid::regprocedure,
                                          coalesce(quote_ident(r.rolname), 'public'),
                                          case when x.is_grantable then ' with grant option' else '' end), '' order by r.rolname)
                 from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) as x left join pg_catalog.pg_roles as r on r.oid = x.grantee
                 where x.grantee <> p.proowner), ''))
  from pg_catalog.pg_proc as p
  where p.oid = to_regprocedure('public.check_deprecated_column_writes_with_audit()');
  if to_regclass('public.deprecated_column_audit') is not null then
    perform ssot.note_object(migration, 'table', 'deprecated_column_audit', 'replaced',
      'alter table ssot.adopted_column_audit rename to deprecated_column_audit; alter table ssot.deprecated_column_audit set schema public; '
      || format('comment on table public.deprecated_column_audit is %s',
                coalesce(quote_literal(obj_description(to_regclass('public.deprecated_column_audit'), 'pg_class')), 'null'))
      || ssot.set_aside_names('public.deprecated_column_audit'));
  end if;
  for t in select o.name from ssot.object as o where o.migration = set_aside_by_hand.migration and o.kind = 'trigger' order by o.name loop
    execute format('drop trigger if exists %I on public.calls', t);
  end loop;
  drop function if exists public.check_deprecated_column_writes_with_audit();
  alter table if exists public.deprecated_column_audit set schema ssot;
  alter table if exists ssot.deprecated_column_audit rename to adopted_column_audit;
  if to_regclass('ssot.adopted_column_audit') is not null then
    comment on table ssot.adopted_column_audit is 'personal data: the audit that somebody made by hand';
  end if;
end
$$;

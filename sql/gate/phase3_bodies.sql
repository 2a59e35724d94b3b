-- What PostgreSQL does not track: bodies of functions, and pg_cron's commands, in whose text a column's name stands
-- together with its table. A text is not a verdict: who can read SQL says what each of them means, see ssot.phase3_dependents.
create or replace function ssot.phase3_bodies(migration text default '20260209000400_mark_deprecated') returns table (
  key text, code text, kind text, name text, body text, definition text,
  fires boolean, relations text[], functions text[],  -- what the text does not tell
  fingerprint text                                    -- md5 of all that a verdict stands on
)
language plpgsql stable set search_path = '' as $$
declare
  d record;
  wanted text;
  rows_of oid[];
  children text[];
  givers text[];
  witnesses oid[] := array(select to_regprocedure(o.function_name || '()')::oid from ssot.deprecated_column as o);
begin
  select x.* into d from ssot.deprecation(phase3_bodies.migration) as x;
  wanted := ssot.column_pattern(d.columns);
  rows_of := d.parts || d.view_oid;
  select x.relations, x.functions into children, givers from ssot.row_sources(phase3_bodies.migration) as x;
  return query
    /* Most functions are PostgreSQL's own: their bodies are not searched. */
    with theirs as materialized (
      select p.oid, p.prokind, p.prosrc
      from pg_catalog.pg_proc as p
      where p.pronamespace not in (select n.oid from pg_catalog.pg_namespace as n where n.nspname in ('pg_catalog', 'information_schema', 'ssot'))
        and p.prokind <> 'a' and p.oid <> all (array_remove(witnesses, null))
    ), naming as materialized (
      select p.oid, p.prokind, p.prosrc, pg_get_functiondef(p.oid) as definition
      from theirs as p
      where p.prosrc ~* wanted
        and not exists (select from pg_catalog.pg_depend as e
                        where e.classid = 'pg_catalog.pg_proc'::regclass and e.objid = p.oid and e.deptype = 'e')
    )
    select 'function ' || f.oid, 'function', case f.prokind when 'p' then 'procedure' else 'function' end, f.oid::regprocedure::text, f.prosrc,
           f.definition, f.fires, children || f.added, givers,
           md5(concat_ws(chr(31), f.definition, f.fires, children || f.added, givers))
    from (
      select p.*,
             exists (select from pg_catalog.pg_trigger as t where t.tgfoid = p.oid and t.tgrelid = any (rows_of)) as fires,
             array(select n.name::text
                   from pg_catalog.pg_trigger as t cross join lateral (values (t.tgoldtable), (t.tgnewtable)) as n(name)
                   where t.tgfoid = p.oid and t.tgrelid = any (rows_of) and n.name is not null order by 1) as added
      from naming as p
    ) as f
    where f.fires or f.definition ~* d.words
       or exists (select from unnest(children || givers) as x(name) where strpos(lower(f.definition), lower(x.name)) > 0);
  if to_regclass('cron.job') is not null and has_schema_privilege('cron', 'usage') and has_table_privilege('cron.job', 'select') then
    return query execute $job$
      select 'job ' || j.id, 'job', 'job', coalesce(j.name, j.id), j.command, j.command, false, $3, $4, md5(concat_ws(chr(31), j.command, $3, $4))
      from (select x.r ->> 'jobid' as id, x.r ->> 'jobname' as name, x.r ->> 'command' as command, x.r ->> 'database' as database
            from (select to_jsonb(c) as r from cron.job as c) as x) as j
      where j.database = current_database() and j.command ~* $1
        and (j.command ~* $2 or exists (select from unnest($3 || $4) as x(name) where strpos(lower(j.command), lower(x.name)) > 0))
    $job$ using wanted, d.words, children, givers;
  end if;
end
$$;

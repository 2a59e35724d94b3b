/**
 * SQL that puts a better match of every function and operator of PostgreSQL's that a text names into a schema: of the same name, for types
 * that PostgreSQL's own takes only by a cast or as "any". Whoever calls one gets an error that says which. Gives how many, as functions and operators.
 */
export function plantOverloads(schema: string, owner: string, texts: readonly string[]): string {
  const names = new Set(texts.flatMap((text) => text.toLowerCase().match(/[a-z_][a-z0-9_]*(?=\s*\()/g) ?? []));
  const list = [...names].map((name) => `'${name}'`).join(",");
  return `
  create function pg_temp.plant(statement text) returns integer language plpgsql as $f$
  begin execute statement; return 1;
  exception when duplicate_function or invalid_function_definition or feature_not_supported or undefined_object then return 0; end $f$;
  create function pg_temp.plant_all(out functions bigint, out operators bigint) language plpgsql as $f$
  begin
    /* What a type is replaced by: what is cast to it without a word, and examples of "any". */
    create temporary table likeness (of_type text, is_type text) on commit drop;
    insert into likeness select s.of_type, unnest(s.types) from (values
      ('text', '{text,varchar,name}'::text[]), ('integer', '{integer,smallint}'), ('bigint', '{bigint,integer}'), ('numeric', '{numeric,bigint}'),
      ('double precision', '{"double precision",bigint}'), ('oid', '{oid,regclass,regprocedure}'), ('anyarray', '{uuid[],text[],bigint[],name[]}'),
      ('anycompatiblearray', '{uuid[],text[],bigint[],name[]}'), ('anyelement', '{uuid,text,bigint,jsonb,boolean,name}'),
      ('anynonarray', '{uuid,text,bigint,jsonb}'), ('anycompatible', '{uuid,text,bigint,name}'), ('"any"', '{uuid,text,bigint,jsonb,boolean,name,regclass}')
    ) as s(of_type, types);
    with recursive wanted as (
      select distinct p.proname, p.proargtypes::oid[] as args, case when p.prorettype = any (array['anyelement','anyarray','anycompatible','anycompatiblearray',
        'internal','trigger','event_trigger','record','void']::regtype[]) then 'text' else format_type(p.prorettype, null) end as gives
      from pg_catalog.pg_proc as p
      where p.pronamespace = 'pg_catalog'::regnamespace and p.prokind in ('f', 'a') and p.pronargs between 1 and 4 and p.proname in (${list})
    ), variant(proname, args, gives, done, types) as (
      select w.proname, w.args, w.gives, 0, '{}'::text[] from wanted as w
      union all
      select v.proname, v.args, v.gives, v.done + 1, v.types || x.is_type
      from variant as v
      cross join lateral (
        select l.is_type from likeness as l where l.of_type = format_type(v.args[v.done], null)
        union all select format_type(v.args[v.done], null)
        where not exists (select from likeness as l where l.of_type = format_type(v.args[v.done], null))
      ) as x(is_type)
      where v.done < cardinality(v.args)
    )
    select sum(pg_temp.plant(format('create function ${schema}.%I(%s) returns %s language plpgsql as %L', v.proname, array_to_string(v.types, ', '), v.gives,
      format('begin raise exception %L; end', format('planted %s(%s) was called', v.proname, array_to_string(v.types, ', '))))))
    into functions
    from (select distinct on (v.proname, v.types) v.* from variant as v where v.done = cardinality(v.args)) as v;
    create function ${schema}.planted_operator(anyelement, anyelement) returns boolean language plpgsql as
      'begin raise exception ''planted operator was called''; end';
    with type(name) as (
      select unnest('{uuid,text,varchar,name,bigint,integer,smallint,boolean,jsonb,text[],uuid[],bigint[],regclass,oid,"char",timestamptz,xid8,tid}'::text[])
    ), pair as (
      select o.name as sign, l.name as before, r.name as after
      from unnest('{=,<>,<,>,<=,>=,||,->,->>,~,~*,!~,!~*,^@,?,+,-,*,/,%,&,|,<<,>>}'::text[]) as o(name)
      cross join type as l cross join type as r
      where not exists (select from pg_catalog.pg_operator as p where p.oprnamespace = 'pg_catalog'::regnamespace and p.oprname = o.name
                          and p.oprleft = l.name::regtype and p.oprright = r.name::regtype)
    ), body as (
      select count(*) from (
        select pg_temp.plant(format('create function ${schema}.planted(%1$s, %2$s) returns boolean language plpgsql as %3$L', l.name, r.name,
          'begin raise exception ''a planted operator was called''; end')) from type as l cross join type as r offset 0) as x
    )
    select sum(pg_temp.plant(format('create operator ${schema}.%1$s (leftarg = %2$s, rightarg = %3$s, function = ${schema}.planted)', p.sign, p.before, p.after)))
    into operators from (select p.* from body cross join pair as p offset 0) as p;
    execute (select string_agg(format('alter routine %s owner to ${owner}', p.oid::regprocedure), '; ')
             from pg_catalog.pg_proc as p where p.pronamespace = '${schema}'::regnamespace);
    execute (select string_agg(format('alter operator %s owner to ${owner}', o.oid::regoperator), '; ')
             from pg_catalog.pg_operator as o where o.oprnamespace = '${schema}'::regnamespace);
  end $f$;
  select functions::integer, operators::integer from pg_temp.plant_all();`;
}

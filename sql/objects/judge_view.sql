-- Whether the view of live names does what ours does, by what it shows of made-up calls and contacts: "problem" says why it does not.
-- "further": its columns that ours has not. "remainder": its definition without the deprecated columns. The made-up rows stand before
-- the tables' names, so nothing is read of any table; code of whom the run does not trust is not run. Needs nothing of schema ssot but
-- the text of ssot.calls_view(), so that the command can ask before there is one.
create or replace function ssot.judge_view(out problem text, out further text[], out remainder text)
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  calls constant oid := to_regclass('public.calls');
  contacts constant oid := to_regclass('public.contacts');
  v record;
  old text[];
  shown text[];
  definition text;
  bare text;
  sample text;
  ours jsonb;
  theirs jsonb;
  now_shown jsonb;
  c text;
  doubt text := 'cannot be compared with ours: ';
begin
  select x.oid, x.relkind, x.relowner, x.reloptions into v from pg_class as x where x.oid = to_regclass('public.calls_with_caller_names');
  shown := array(select a.attname::text from pg_attribute as a where a.attrelid = calls and a.attnum > 0 and not a.attisdropped);
  old := array(select o from unnest('{caller_name,from_number}'::text[]) as o where o = any (shown));
  shown := shown || '{resolved_caller_name,contact_email,contact_lead_status,contact_lead_score,name_source}'::text[];
  further := array(select a.attname::text from pg_attribute as a
                   where a.attrelid = v.oid and a.attnum > 0 and not a.attisdropped and a.attname <> all (shown) order by a.attnum);
  problem := case
    when v.oid is null then 'is missing'
    when v.relkind <> 'v' then 'is no view'
    when not exists (select from unnest(v.reloptions) as o(line) where o.line ~* '^security_invoker=(true|on|yes|1)$')
      then 'does not ask with the rights of its reader (security_invoker)'
    else coalesce(
      (select 'lacks ' || string_agg(s, ', ') from unnest(shown) as s
       where s not in (select a.attname from pg_attribute as a where a.attrelid = v.oid and a.attnum > 0 and not a.attisdropped)
         /* A column that was renamed since is shown under its former name. */
         and strpos(pg_get_viewdef(v.oid), format('.%I AS ', s)) = 0),
      (select 'runs what is not to be trusted: ' || string_agg(distinct k.name, ', ')
       from (
         select 'the view of role ' || pg_get_userbyid(v.relowner) as name, v.relowner as owner, 's'::"char" as volatility
         union all
         select pg_describe_object(d.refclassid, d.refobjid, 0), p.proowner, p.provolatile
         from pg_rewrite as w
         join pg_depend as d on d.classid = 'pg_rewrite'::regclass and d.objid = w.oid and d.refclassid in ('pg_proc'::regclass, 'pg_operator'::regclass)
         left join pg_operator as op on d.refclassid = 'pg_operator'::regclass and op.oid = d.refobjid
         join pg_proc as p on p.oid = coalesce(op.oprcode, d.refobjid)
         where w.ev_class = v.oid
       ) as k
       join pg_roles as r on r.oid = k.owner
       where k.volatility = 'v' or not (r.rolsuper or r.rolname = current_user
         or r.oid in (select x.relowner from pg_class as x where x.oid in (calls, contacts) union select b.datdba from pg_database as b where b.datname = current_database())
         or exists (select from pg_auth_members as m where m.roleid = r.oid and m.member = current_user::regrole)))) end;
  if problem is null then
    perform set_config('search_path', '', true);
    remainder := rtrim(pg_get_viewdef(v.oid), '; ');
    perform set_config('search_path', concat_ws(', ', 'pg_catalog', 'public', (
      select string_agg(distinct quote_ident(n.nspname), ', ')
      from pg_rewrite as w
      join pg_depend as d on d.classid = 'pg_rewrite'::regclass and d.objid = w.oid and d.refclassid = 'pg_class'::regclass
      join pg_class as x on x.oid = d.refobjid join pg_namespace as n on n.oid = x.relnamespace
      where w.ev_class = v.oid and n.nspname <> 'public'), 'pg_temp'), true);
    definition := rtrim(pg_get_viewdef(v.oid), '; ');
    bare := definition;
    foreach c in array old loop
      /* One line each in the list of what is selected, as PostgreSQL prints it: the first, then any other. */
      c := format('(?:(?:[a-z_][a-z0-9_$]*|"(?:[^"]|"")+")[.])?%s', quote_ident(c));
      bare := regexp_replace(regexp_replace(bare, format('(?<=SELECT |DISTINCT )%s,%s +', c, chr(10)), '', 'g'),
                             format(',%s +%s(?=,?%1$s)', chr(10), c), '', 'g');
      remainder := regexp_replace(regexp_replace(remainder, format('(?<=SELECT |DISTINCT )%s,%s +', c, chr(10)), '', 'g'),
                                  format(',%s +%s(?=,?%1$s)', chr(10), c), '', 'g');
    end loop;
    /* As they are, with other old values, without the old columns. */
    for look in 1 .. 3 loop
      select string_agg(format('%I as (select %s from jsonb_populate_recordset(null::%s, %L))', x.relname,
               case when x.oid = calls and look = 3
                    then (select string_agg(quote_ident(a.attname), ', ' order by a.attnum) from pg_attribute as a
                          where a.attrelid = calls and a.attnum > 0 and not a.attisdropped and a.attname <> all (old))
                    else '*' end,
               format('%I.%I', n.nspname, x.relname), coalesce(rows.made, '[]')), ', ') into sample
      from pg_class as x
      join pg_namespace as n on n.oid = x.relnamespace
      left join lateral (
        select jsonb_agg(coalesce((select jsonb_object_agg(a.attname, 'a ' || a.attname) from pg_attribute as a
                                   where a.attrelid = x.oid and a.attnum > 0 and not a.attisdropped and a.atttypid = 'text'::regtype), '{}') || m.said) as made
        from (
          select calls as tab, jsonb_build_object('id', '00000000-0000-0000-0000-00000000000' || k.n, 'org_id', '0000000a-0000-0000-0000-000000000000',
                   'contact_id', '00000000-0000-0000-0000-0000000000c' || k.contact, 'phone_number', k.phone)
                 || case when look = 2 then '{"caller_name": null, "from_number": "+12125550109"}'
                         else '{"caller_name": "Old Name", "from_number": "+12125550108"}'::jsonb end as said
          from (values (1, 1, '+12125550101'), (2, 2, '+12125550102'), (3, 3, '+12125550103'), (4, null, ' '), (5, null, 'no number'),
                       (6, null, null), (7, 4, null), (8, null, '(212) 555-0108')) as k(n, contact, phone)
          union all
          select contacts, jsonb_build_object('id', '00000000-0000-0000-0000-0000000000c' || k.n, 'org_id', k.org || '-0000-0000-0000-000000000000',
                   'name', k.name, 'phone', k.phone, 'email', 'a@example.com', 'lead_score', 7, 'lead_status', coalesce(
                     (select e.enumlabel from pg_attribute as a join pg_enum as e on e.enumtypid = a.atttypid
                      where a.attrelid = contacts and a.attname = 'lead_status' order by e.enumsortorder limit 1), 'hot'))
          from (values (1, '0000000a', 'Ann Example', '+12125550101'), (2, '0000000a', '+12125550102', '+12125550102'),
                       (3, '0000000b', 'Bea Example', '+12125550103'), (4, '0000000a', 'Cal Example', '+12125550104')) as k(n, org, name, phone)
          union all
          select to_regclass('public.organizations')::oid, jsonb_build_object('id', k.org || '-0000-0000-0000-000000000000')
          from (values ('0000000a'), ('0000000b')) as k(org)
          union all
          /* Of any other table two rows that belong to the first call, where its keys allow two. */
          select x.oid, jsonb_build_object('org_id', '0000000a-0000-0000-0000-000000000000', 'call_id', '00000000-0000-0000-0000-000000000001',
                                           'contact_id', '00000000-0000-0000-0000-0000000000c1')
          from generate_series(1, case when exists (
            select from pg_index as i join pg_attribute as a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
            where i.indrelid = x.oid and i.indisunique and i.indnkeyatts = 1 and a.attname in ('call_id', 'contact_id')) then 1 else 2 end)
          where x.oid not in (calls, contacts) and x.oid is distinct from to_regclass('public.organizations')
        ) as m
        where m.tab = x.oid
      ) as rows on true
      where x.oid in (calls, contacts) or x.oid in (
        select d.refobjid from pg_rewrite as w
        join pg_depend as d on d.classid = 'pg_rewrite'::regclass and d.objid = w.oid and d.refclassid = 'pg_class'::regclass
        where w.ev_class = v.oid and d.refobjid <> v.oid and pg_table_is_visible(d.refobjid));
      if look = 3 then doubt := 'reads a deprecated column where it cannot be left out: '; end if;
      execute format('with %s select jsonb_agg(to_jsonb(v) order by v.id) from (%s) as v', sample, case look when 3 then bare else definition end)
      into now_shown;
      if look = 1 then
        execute format('with %s select jsonb_agg(to_jsonb(v) order by v.id) from (%s) as v', sample, replace(ssot.calls_view(), 'public.', '')) into ours;
        theirs := now_shown;
        problem := case when jsonb_array_length(theirs) is distinct from jsonb_array_length(ours) then 'does not show each call once' else (
          select 'shows something else in ' || string_agg(distinct o.key, ', ')
          from jsonb_array_elements(ours) with ordinality as a(shown, n)
          join jsonb_array_elements(theirs) with ordinality as b(shown, n) on b.n = a.n
          cross join lateral jsonb_each(a.shown) as o
          where b.shown ? o.key and b.shown -> o.key is distinct from o.value) end;
      else
        problem := (
          select case look when 2 then 'reads a deprecated column in ' || string_agg(distinct o.key, ', ') else 'changes without the deprecated columns' end
          from jsonb_array_elements(theirs) with ordinality as a(shown, n)
          join jsonb_array_elements(now_shown) with ordinality as b(shown, n) on b.n = a.n
          cross join lateral jsonb_each(a.shown) as o
          where o.key <> all (old) and b.shown -> o.key is distinct from o.value
          having count(*) > 0);
      end if;
      exit when problem is not null or cardinality(old) = 0;
    end loop;
  end if;
exception when others then
  problem := doubt || sqlerrm;
end
$$;

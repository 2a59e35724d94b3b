-- The same for what still lies in tables of an older engine, until it is moved: see ssot.finish_upgrade.
create or replace function ssot.erase_older(deleted_from text, ids uuid[], keys text[]) returns text[]
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  old_table text;
  found_values text[] := '{}';
  more text[];
begin
  if not exists (select from ssot.engine as e where e.moving) then return null; end if;
  for old_table in
    select o.name from ssot.older_journal as o where o.relation = deleted_from and to_regclass(o.name) is not null order by o.name
  loop
    execute format('with gone as (delete from %s as j where j.id = any ($1) returning j.old::text, j.new::text)
                    select array_agg(g.old) || array_agg(g.new) from gone as g', old_table)
    into more using ids;
    found_values := found_values || more;
  end loop;
  if to_regclass('ssot.merge_journal') is not null then
    execute 'with gone as (
               delete from ssot.merge_journal as j
               where j.key ->> ''id'' = any ($1) and j.rel = $2
                  or $2 = ''public.contacts'' and j.kind = ''repoint'' and (j.old = any ($1) or j.new = any ($1))
               returning j.image
             )
             select array_agg(g.image ->> ''phone'') from gone as g'
    into more using keys, deleted_from;
    found_values := found_values || more;
  end if;
  return found_values;
end
$$;

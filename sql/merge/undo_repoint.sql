-- Points a reference back to the contact that it had, unless somebody changed it since; one that is as we left it and does not take it stops the run.
-- Gives 1 where it points back.
create or replace function ssot.undo_repoint(migration text, j ssot.journal, path text) returns bigint
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  relid oid := to_regclass(j.relation);
  key_match text;
  found_row boolean;
  hit bigint := 0;
  is_refused boolean := false;
  present text;
begin
  if relid is null then return 0; end if;
  select string_agg(
           case when exists (select from pg_catalog.pg_index as x where x.indrelid = relid and x.indisprimary)
                then format('r.%I = ($1 ->> %L)::%s', k, k, format_type(a.atttypid, a.atttypmod))
                else format('r.%I::text is not distinct from $1 ->> %L', k, k) end, ' and ')
  into key_match
  from unnest(ssot.key_columns(relid)) as k
  join pg_catalog.pg_attribute as a on a.attrelid = relid and a.attname = k;
  begin
    execute format('update %1$s as t set %2$I = $2::uuid from pg_catalog.set_config(''search_path'', $4, true) as opened(path)
                    where opened.path is not null and (t.tableoid, t.ctid) = (select r.tableoid, r.ctid from %1$s as r
                      where %3$s and r.%2$I is not distinct from $3::uuid limit 1) returning t.%2$I::text', j.relation, j.column_name, key_match)
    into present using j.key, j.old, j.new, path;
    get diagnostics hit = row_count;
    perform pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
  exception when foreign_key_violation or unique_violation then
    hit := 0;
    is_refused := true;
  end;
  if hit > 0 then
    perform ssot.refuse_unwritten(relid, (present is distinct from j.old)::integer, 'UPDATE');
    return 1;
  end if;
  execute format('select exists (select from %s as r where %s)', j.relation, key_match) into found_row using j.key;
  if found_row and not is_refused then
    execute format('select count(*) from %s as r where %s and r.%I is not distinct from $2::uuid', j.relation, key_match, j.column_name)
    into hit using j.key, j.new;
    perform ssot.refuse_unwritten(relid, hit, 'UPDATE');
  end if;
  if found_row then
    insert into ssot.unrestored (relation, row_key, column_name, original, reason)
    values (j.relation, j.key, j.column_name, j.old, 'changed since, or its contact could not be restored');
    perform ssot.add_tally(migration, 'references', 1, 'kept');
  end if;
  return 0;
end
$$;

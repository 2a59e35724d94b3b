-- Removes what is kept of deleted rows of a table, by their keys (see ssot.key_of): values of dropped columns, originals, and what was said in
-- the audit, whose rows stay as evidence. Their statement may have written other rows too: it goes from all audit rows of its transaction,
-- save those that another delete is blanking. Without keys: of all rows.
create or replace function ssot.erase_rows(deleted_from text, keys jsonb[] default null) returns void
language plpgsql set search_path = pg_catalog, pg_temp
set timezone = 'UTC' set datestyle = 'ISO, YMD' set intervalstyle = 'postgres' set extra_float_digits = '1' set bytea_output = 'hex' as $$
declare
  a ssot.archive;
  moments timestamptz[];
begin
  for a in select * from ssot.archive as x where x.relation = deleted_from and x.fill is null order by x.migration loop
    /* While the copy runs, an empty row must stay: it keeps a batch with an older view from bringing the values back. */
    execute format('delete from %s as x%s where not x.gone%s', a.store, case when keys is null then '' else ' using (' ||
      (select format('select %s from unnest($1) as k(said) where k.said ?& $2', string_agg(format('(k.said ->> %L)::%s as %I', c.name,
                     ssot.column_type(a.relation::regclass, c.name), c.called), ', ' order by c.place))
       from unnest(a.row_key, a.store_key) with ordinality as c(name, called, place)) || ') as k' end,
      case when keys is null then '' else ' and ' || ssot.same_key(a, 'x', a.store_key, 'k', a.store_key) end)
    using keys, a.row_key;
  end loop;
  delete from ssot.unrestored as u where u.relation = deleted_from and (keys is null or u.row_key = any (keys));
  with blanked as (
    update ssot.column_audit as x set row_key = null, old_value = null, new_value = null, statement = null
    where x.relation = deleted_from and x.row_key is not null and (keys is null or x.row_key = any (keys)) returning x.detected_at
  )
  select array_agg(distinct b.detected_at) into moments from blanked as b;
  if moments is null then return; end if;
  update ssot.column_audit set statement = null where ctid = any (array(
    select x.ctid from ssot.column_audit as x
    where x.relation = deleted_from and x.detected_at = any (moments) and x.statement is not null for update skip locked));
end
$$;

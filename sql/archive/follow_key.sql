-- Where a row gets another key, what is kept of it follows: values of dropped columns and audit rows. Argument: the table.
create or replace function ssot.follow_key() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  a ssot.archive;
  k record;
begin
  for a in select * from ssot.archive as x where x.relation = tg_argv[0] order by x.migration loop
    execute format('update %s as x set (%s) = row(%s) where not x.gone and %s', a.store, ssot.listed('%1$I', a.store_key),
      ssot.listed('($2).%1$I', a.row_key), ssot.same_key(a, '($1)', a.row_key, 'x', a.store_key))
    using old, new;
  end loop;
  for k in select distinct d.row_key from ssot.deprecated_column as d where d.relation = tg_argv[0] and d.row_key is not null loop
    update ssot.column_audit as x set row_key = ssot.key_of(new, k.row_key)
    where x.relation = tg_argv[0] and x.row_key = ssot.key_of(old, k.row_key);
  end loop;
  return null;
end
$$;

-- Copies the next rows of a drop's table into its store, in the order of their key, after that of "last_key" (a JSON list of the key's
-- values as texts; null: from the first). Gives how many rows it passed and the last one's key.
create or replace function ssot.archive_batch(a ssot.archive, last_key text, size integer, out passed bigint, out upto text)
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  ids uuid[];
begin
  execute format(
    'with batch as materialized (
       select %1$s, %2$s from %3$s as r where %4$s order by %1$s limit $2
     ), put as (
       insert into %5$s (%6$s, %7$s) select %1$s, %2$s from batch as r where %8$s on conflict do nothing
     )
     select count(*), (select jsonb_build_array(%9$s)::text from batch as r order by %10$s limit 1), %11$s from batch as r',
    ssot.listed('r.%1$I', a.row_key), ssot.listed('r.%1$I', a.columns), a.relation,
    case when last_key is null then '$1 is null' else ssot.key_after(a) end,
    a.store, ssot.listed('%1$I', a.store_key), ssot.listed('%1$I', a.columns), case when a.keeps_all then 'true' else ssot.listed('r.%1$I is distinct from null', a.columns, '{}', ' or ') end,
    ssot.listed('r.%1$I::text', a.row_key), ssot.listed('r.%1$I desc', a.row_key),
    case when a.fill is null then 'null::uuid[]' else format('array_agg(r.%I)', a.row_key[1]) end)
  into passed, upto, ids using last_key, size;
  if a.fill is not null and ids is not null then execute format('select %s($1)', a.fill) using ids; end if;
end
$$;

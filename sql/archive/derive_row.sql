-- The same for a row that is inserted while a drop is taken back. Argument: the drop's migration.
create or replace function ssot.derive_row() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  a ssot.archive;
begin
  select * into a from ssot.archive as x where x.migration = tg_argv[0];
  perform ssot.derive_batch(a, null, 1, ssot.key_of(new, a.row_key));
  return null;
end
$$;

-- Sets the witness of a deprecation again, where the drop had taken it off. The triggers are new ones, made by us: they are sworn in again.
create or replace function ssot.watch_again(migration text, deprecation text, function_name text default 'ssot.see_write') returns void
language plpgsql as $$
begin
  if not exists (select from ssot.object as o where o.migration = watch_again.migration and o.stage = 'columns') then return; end if;
  perform ssot.watch_writes(deprecation, function_name);
  perform ssot.swear_in(deprecation);
  /* Whoever looks at the witness sees by the ledger's row that it was we who swore it in. */
  update ssot.ledger as l set run_on = l.run_on where l.name = deprecation;
end
$$;

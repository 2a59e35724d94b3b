-- The statements that take make_index back, for \gexec.
create or replace function ssot.unmake_index(index_name text) returns setof text
language plpgsql as $$
declare
  was ssot.object;
  now_def text := pg_get_indexdef(to_regclass('public.' || quote_ident(index_name)));
  valid boolean := (select x.indisvalid from pg_catalog.pg_index as x where x.indexrelid = to_regclass('public.' || quote_ident(index_name)));
begin
  select * into was from ssot.object as o where o.stage = 'former' and o.kind = 'index' and o.name = index_name;
  if not found or was.outcome = 'kept' then return; end if;
  /* An interrupted build leaves an index of the right definition that is not valid. */
  if now_def is not null and (now_def is distinct from was.undo or not valid) then
    return query select ssot.drop_index(index_name);
    now_def := null;
  end if;
  if was.undo is not null and now_def is distinct from was.undo then
    return query select ssot.build_index(index_name, was.undo, true);
  end if;
  return query select o.undo from ssot.object as o where o.stage = 'former' and o.kind = 'index comment' and o.name = index_name;
end
$$;

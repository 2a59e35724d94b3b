-- The statements that bring an index to the wanted definition, for \gexec: none where it is there and valid, else the
-- drop of an invalid or a different one and the build. What was there before is journaled.
-- "definition" is written as pg_get_indexdef prints it.
create or replace function ssot.make_index(migration text, index_name text, definition text) returns setof text
language plpgsql as $$
declare
  i record;
begin
  select x.indexrelid, x.indisvalid, pg_get_indexdef(x.indexrelid) as def, c.relkind = 'I' as in_parts,
         replace(pg_get_indexdef(x.indexrelid), ' ON ONLY ', ' ON ') = definition as same,
         exists (select from pg_catalog.pg_constraint as k where k.conindid = x.indexrelid) as of_constraint,
         obj_description(x.indexrelid, 'pg_class') as remark
  into i
  from pg_catalog.pg_index as x join pg_catalog.pg_class as c on c.oid = x.indexrelid
  where x.indexrelid = to_regclass('public.' || quote_ident(index_name));
  if found and i.indisvalid and i.same then
    perform ssot.note_object(migration, 'index', index_name, 'kept');
    return;
  end if;
  if found and i.of_constraint then
    raise exception 'index public.% belongs to a constraint and differs from %', index_name, definition
      using errcode = 'object_not_in_prerequisite_state', hint = 'Rename the constraint, then run again.';
  end if;
  if found then
    perform ssot.note_object(migration, 'index', index_name, case when i.indisvalid then 'replaced' else 'created' end,
                             case when i.indisvalid then i.def end);
    if i.indisvalid and i.remark is not null then
      perform ssot.note_object(migration, 'index comment', index_name, 'replaced',
                               format('comment on index public.%I is %L', index_name, i.remark));
    end if;
    /* An interrupted build in parts goes on. */
    if not (i.in_parts and i.same) then return query select ssot.drop_index(index_name); end if;
  else
    perform ssot.note_object(migration, 'index', index_name, 'created');
  end if;
  return query select ssot.build_index(index_name, definition, coalesce(not (i.in_parts and i.same), true));
end
$$;

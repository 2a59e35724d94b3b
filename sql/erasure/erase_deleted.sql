-- Runs once a statement, as its owner. A delete waits at most 50 ms for a batch, once in a transaction; then, and
-- whatever else goes wrong, it is noted as due, with a warning. Only when even that fails, the delete does.
create or replace function ssot.erase_deleted() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp set quote_all_identifiers = off set lock_timeout = '50ms' as $$
declare
  deleted_from constant text := format('%I.%I', tg_table_schema, tg_table_name);
  deleted uuid[];
  orgs uuid[];
  numbers text[];
  more text[];
  has_waited boolean := exists (select from ssot.erasure_due as e where e.noted_in = pg_current_xact_id());
begin
  if tg_table_name = 'contacts' then
    /* Not those that a merge deletes: their journal is to stay. */
    select array_agg(g.id), array_agg(g.org_id), array_agg(g.phone) into deleted, orgs, numbers
    from gone as g where not exists (select from ssot.own_delete as o where o.id = g.id);
  else
    select array_agg(g.id), array_agg(g.org_id), array_agg(g.phone_number) into deleted, orgs, numbers from gone as g;
    if exists (select from pg_catalog.pg_attribute as a
               where a.attrelid = tg_relid and a.attname = 'from_number' and not a.attisdropped) then
      select array_agg(g.from_number) into more from gone as g;
      numbers := numbers || more;
    end if;
  end if;
  if deleted is null and exists (select from ssot.own_delete) then return null; end if;
  if tg_table_name = 'contacts' then
    begin
      insert into ssot.erased_contact (org_id, contacts) select o.id, count(*) from unnest(orgs) as o(id) group by o.id;
    exception when others then null;
    end;
  end if;
  begin
    if has_waited then raise lock_not_available; end if;
    if deleted is not null then perform ssot.erase(deleted_from, ssot.erasable(deleted_from, deleted, orgs), numbers); end if;
    if tg_table_name = 'contacts' then perform ssot.erase_orphans(); end if;
  exception when others then
    if not has_waited then
      raise warning 'what ssot keeps of rows deleted from % is removed later: it is in use (%)', deleted_from, sqlstate;
      has_waited := true;
    end if;
    insert into ssot.erasure_due (deleted_from, ids, numbers, orgs)
    values (deleted_from, coalesce(deleted, '{}'), coalesce(numbers, '{}'), coalesce(orgs, '{}'));
  end;
  if not has_waited and exists (select from ssot.erasure_due) then
    begin
      perform ssot.erase_due();
    exception when others then null;
    end;
  end if;
  return null;
end
$$;

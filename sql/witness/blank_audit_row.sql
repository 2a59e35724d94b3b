-- A deleted call leaves its audit row as evidence, without anything that was said in it. The statement may have written
-- other calls too: it goes from all rows of its transaction, save those that another delete is blanking.
create or replace function ssot.blank_audit_row() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if new.call_id is null and old.call_id is not null then
    new.old_value := null;
    new.new_value := null;
    new.statement := null;
    execute format(
      'update %1$s set statement = null where ctid = any (array(
         select a.ctid from %1$s as a
         where a.detected_at = $1 and a.call_id is distinct from $2 and a.statement is not null for update skip locked))',
      tg_relid::regclass)
    using old.detected_at, old.call_id;
  end if;
  return new;
end
$$;

-- Removes what is due, and tells how much still is: what somebody holds at this moment stays for the next time.
create or replace function ssot.erase_due() returns bigint
language plpgsql set search_path = pg_catalog, pg_temp set lock_timeout = '1s' as $$
declare
  d record;
begin
  begin
    for d in
      delete from ssot.erasure_due as e
      where e.ctid = any (array(select x.ctid from ssot.erasure_due as x limit 1000 for update skip locked))
      returning e.deleted_from, e.ids, e.numbers, e.orgs, e.keys
    loop
      if d.keys is not null then
        perform ssot.erase_rows(d.deleted_from, nullif(d.keys, '{}'));
        continue;
      end if;
      perform ssot.erase(d.deleted_from, case when d.orgs is null then d.ids else ssot.erasable(d.deleted_from, d.ids, d.orgs) end, d.numbers);
    end loop;
    perform ssot.erase_orphans();
  exception when lock_not_available then null;
  end;
  return (select count(*) from ssot.erasure_due);
end
$$;

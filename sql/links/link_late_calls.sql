-- Links, then looks again for calls that arrived meanwhile.
create or replace procedure ssot.link_late_calls(migration text, commits boolean)
language plpgsql as $$
declare
  n bigint;
begin
  for round in 1 .. 3 loop
    call ssot.apply_journal('calls.contact_id', commits);
    exit when not ssot.links_are_old();
    n := ssot.plan_links(migration);
    if commits then commit; end if;
    exit when n = 0;
    call ssot.apply_journal('calls.contact_id', commits);
    exit when n < 1000;
  end loop;
end
$$;

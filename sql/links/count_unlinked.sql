-- Counts the calls that have no contact: what could not be linked.
create or replace function ssot.count_unlinked(migration text) returns void
language plpgsql as $$
begin
  perform ssot.set_tally(migration, 'callsUnlinked', (select count(*) from public.calls as c where c.contact_id is null));
end
$$;

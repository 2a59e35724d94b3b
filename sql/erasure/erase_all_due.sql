-- Removes all that is due, or stops: somebody holds it.
create or replace function ssot.erase_all_due() returns void
language plpgsql as $$
begin
  if ssot.erase_due() > 0 then
    raise exception 'what is kept of deleted rows cannot be removed: somebody holds it' using errcode = 'lock_not_available';
  end if;
end
$$;

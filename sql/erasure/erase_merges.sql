-- The same for what merging and quarantine did: rows of the table itself, and references to the deleted contacts.
create or replace function ssot.erase_merges(deleted_from text, keys text[]) returns text[]
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  numbers text[];
begin
  with gone as (
    delete from ssot.journal as j where j.task = 'merge' and j.key ->> 'id' = any (keys) and j.relation = deleted_from returning j.image
  )
  select array_agg(g.image ->> 'phone') into numbers from gone as g;
  if deleted_from = 'public.contacts' then
    delete from ssot.journal as j where j.task = 'merge' and j.kind = 'repoint' and j.old = any (keys);
    delete from ssot.journal as j where j.task = 'merge' and j.kind = 'repoint' and j.new = any (keys);
  end if;
  return numbers;
end
$$;

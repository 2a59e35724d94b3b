-- Removes what is kept of deleted calls, or of deleted contacts and of the duplicates that were merged into them.
-- "numbers" are the phone numbers that the rows held.
create or replace function ssot.erase(deleted_from text, ids uuid[], numbers text[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  people uuid[] := ids;
  keys text[];
  spellings text[] := numbers;
  more text[];
begin
  if deleted_from = 'public.contacts' then
    with recursive same as (
      select d.id from unnest(erase.ids) as d(id)
      union
      select p.duplicate from same as s join ssot.merge_plan as p on p.survivor = s.id
      where not exists (select from public.contacts as k where k.id = p.duplicate)
    )
    select array_agg(s.id) into people from same as s;
    delete from ssot.merge_plan as p where p.survivor = any (people);
    delete from ssot.merge_plan as p where p.duplicate = any (people);
    with gone as (delete from ssot.contact_quarantine as q where q.id = any (people) returning q.image)
    select array_agg(g.image ->> 'phone') into more from gone as g;
    spellings := spellings || more;
  end if;
  keys := people::text[];
  /* The older tables first: a row that is moved from them meanwhile is waited for there, and found where it came to lie. */
  spellings := spellings || ssot.erase_older(deleted_from, people, keys);
  spellings := spellings || ssot.erase_tasks(deleted_from, people) || ssot.erase_merges(deleted_from, keys)
                         || ssot.erase_archives(deleted_from, people);
  perform ssot.erase_audit(deleted_from, people);
  perform ssot.erase_rows(deleted_from, array(select jsonb_build_object('id', k.id) from unnest(keys) as k(id)));
  delete from ssot.unrestored as u where u.row_key ->> 'id' = any (keys) and u.relation = deleted_from;
  if deleted_from = 'public.contacts' then
    delete from ssot.unrestored as u where u.original = any (keys);
  end if;
  /* A spelling that somebody else has too is read again when it is needed. */
  delete from ssot.phone_map as m where m.raw = any (spellings);
  delete from ssot.phone_map as m where m.e164 = any (spellings);
end
$$;

-- Which of deleted rows take along what is kept of their ids: those whose id nobody else has or had. An id is the row's own only in its
-- organisation: whoever inserts and deletes a contact with the id of another organisation's, which was merged away or set aside, or a
-- second call of an id where only id and time are unique, takes nothing of theirs along.
create or replace function ssot.erasable(deleted_from text, ids uuid[], orgs uuid[]) returns uuid[]
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  others uuid[];
  more uuid[];
begin
  if ids is null then return null; end if;
  execute format('select array_agg(r.id) from %s as r where r.id = any ($1)', deleted_from) into others using ids;
  if deleted_from = 'public.contacts' then
    select array_agg(g.id) into more
    from unnest(ids, orgs) as g(id, org_id)
    where exists (select from ssot.journal as j where j.task = 'merge' and j.kind = 'delete' and j.key ->> 'id' = g.id::text
                    and (j.image ->> 'org_id')::uuid is distinct from g.org_id)
       or exists (select from ssot.contact_quarantine as q where q.id = g.id and q.org_id is distinct from g.org_id);
    others := others || more;
    if to_regclass('ssot.merge_journal') is not null then
      execute 'select array_agg(g.id) from unnest($1, $2) as g(id, org_id)
               where exists (select from ssot.merge_journal as j where j.kind = ''delete'' and j.key ->> ''id'' = g.id::text
                               and (j.image ->> ''org_id'')::uuid is distinct from g.org_id)'
      into more using ids, orgs;
      others := others || more;
    end if;
  end if;
  return (select array_agg(d.id) from unnest(ids) as d(id) where d.id <> all (coalesce(others, '{}')));
end
$$;

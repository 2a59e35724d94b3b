-- Finds an organisation's calls by a part of the number or of the contact's name, in any case; % and _ are text. Gives
-- their exact number, and the ids of those from "skip" on, newest first. Runs as the caller: whatever `places` found is
-- asked again, under the caller's rights and row level security, so nothing is told of a row that it does not see.
-- The total is null where the indexes cannot answer: terms under three characters, and parts of the word "Unknown",
-- which the view shows for calls that have neither.
create or replace function ssot.make_search_find_calls() returns void
language plpgsql as $$
begin
  create or replace function ssot_search.find_calls(
    organization uuid, term text, at_most integer, skip bigint, direction text, since timestamptz, before timestamptz,
    out total bigint, out ids uuid[])
  language plpgsql stable parallel restricted
  set search_path = pg_catalog, pg_temp set jit = off set plan_cache_mode = force_generic_plan
  set enable_seqscan = off
  set debug_print_parse = off set debug_print_rewritten = off set debug_print_plan = off as $search$
  declare
    escape constant text := chr(92);
    pattern constant text := '%' || replace(replace(replace(term, escape, escape || escape), '%', escape || '%'), '_', escape || '_') || '%';
    found_at record;
  begin
    if char_length(term) < 3 or 'Unknown' ilike pattern then return; end if;
    /* Rights on everything that is asked below, and one row of the organisation that the caller sees: else even the time
       that the search takes would tell of somebody else's. */
    perform c.id, c.created_at, c.call_direction, c.phone_number, k.name
    from public.calls as c left join public.contacts as k on k.id = c.contact_id and k.org_id = c.org_id
    where c.org_id = organization
    limit 1;
    if not found then
      total := 0;
      ids := '{}';
      return;
    end if;
    found_at := ssot_search.places(organization, term, pattern);
    if found_at.calls is null then return; end if;
    with hits as materialized (
      select c.id, c.created_at
      from public.contacts as k join public.calls as c on c.contact_id = k.id
      where k.ctid = any (found_at.contacts) and k.org_id = organization and k.name ilike pattern
        and c.org_id = organization
        and (direction is null or c.call_direction::text = direction)
        and (since is null or c.created_at >= since) and (before is null or c.created_at < before)
      union
      select c.id, c.created_at
      from public.calls as c
      where c.ctid = any (found_at.calls) and c.org_id = organization and c.phone_number ilike pattern
        and (direction is null or c.call_direction::text = direction)
        and (since is null or c.created_at >= since) and (before is null or c.created_at < before)
    )
    select (select count(*) from hits),
           array(select h.id from hits as h order by h.created_at desc, h.id limit at_most offset skip)
    into total, ids;
  end
  $search$;
end
$$;

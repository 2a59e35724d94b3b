-- Where the organisation's contacts and calls lie that match. Runs as its owner, past row level security, and so answers
-- nobody but ssot_search.find_calls: the caller's line in the stack has to be that function's own. A caller can choose
-- neither that line (the server writes it, and quotes names that are not plain) nor a function of that name: the schema is
-- the owner's. What precedes the signature depends on the server's language; it is learnt from this function's own line.
-- Temporary types come last in the search path: first, as they are under an empty one, a caller's would be taken for text.
-- Both are null where the owner itself is under row level security: then nothing can be said.
create or replace function ssot.make_search_places() returns void
language plpgsql as $$
begin
  create or replace function ssot_search.places(organization uuid, term text, pattern text, out contacts tid[], out calls tid[])
  language plpgsql stable security definer parallel restricted
  set search_path = pg_catalog, pg_temp set jit = off set plan_cache_mode = force_generic_plan
  set debug_print_parse = off set debug_print_rewritten = off set debug_print_plan = off as $search$
  declare
    mine constant text := 'ssot_search.places(uuid,text,text)';
    theirs constant text := 'ssot_search.find_calls(uuid,text,integer,bigint,text,timestamp with time zone,timestamp with time zone)';
    wanted constant bigint[] := ssot_search.grams(organization, term, case when char_length(term) < 5 then 3 else 5 end);
    stack text;
    lines text[];
    lead integer;
  begin
    get diagnostics stack = pg_context;
    lines := string_to_array(stack, chr(10));
    lead := strpos(lines[1], mine) - 1;
    if (lead >= 0 and starts_with(lines[2], left(lines[1], lead) || theirs)) is not true then
      raise exception 'ssot_search.places is for ssot_search.find_calls alone' using errcode = 'insufficient_privilege';
    end if;
    if row_security_active('public.calls') or row_security_active('public.contacts') then return; end if;
    /* "is true" keeps the planner from reading another index with all of the organisation's rows beside. */
    contacts := array(select k.ctid from public.contacts as k
      where ssot_search.grams(k.org_id, k.name, 3) @> wanted and (k.org_id = organization) is true and k.name ilike pattern);
    calls := array(select c.ctid from public.calls as c
      where ssot_search.grams(c.org_id, c.phone_number, 3) @> wanted and (c.org_id = organization) is true and c.phone_number ilike pattern);
  end
  $search$;
end
$$;

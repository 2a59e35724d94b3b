-- Fills phone_number of inbound calls from from_number, in E.164 where that can be read, and says so in the store.
create or replace function ssot.fill_phone_numbers(ids uuid[]) returns bigint
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  their_path constant text := ssot.trigger_path();
  wanted uuid[];
  formers text[];
  numbers text[];
  taken uuid[];
begin
  select array_agg(w.id), array_agg(w.former), array_agg(w.number) into wanted, formers, numbers
  from (
    select c.id, c.phone_number as former, coalesce(ssot.e164(c.from_number, o.country), c.from_number) as number
    from public.calls as c join ssot.org_country as o on o.org_id = c.org_id
    where c.id = any (ids) and ssot.needs_fill(c.call_direction::text, c.phone_number, c.from_number)
    for no key update of c
  ) as w;
  if wanted is null then return 0; end if;
  with done as (
    update public.calls as c set phone_number = w.number
    from pg_catalog.set_config('search_path', their_path, true) as opened(path)
    cross join lateral (select w.id, w.number from unnest(wanted, numbers) as w(id, number) where opened.path is not null offset 0) as w
    where c.id = w.id
    returning c.id, c.phone_number collate "C" is not distinct from w.number as is_so
  )
  select array_agg(d.id) into taken from done as d where d.is_so;
  perform pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
  update ssot.dropped_call_columns as a set filled = w.number, filled_over = w.former
  from unnest(wanted, formers, numbers) as w(id, former, number) where a.call_id = w.id and w.id = any (taken);
  perform ssot.refuse_unwritten('public.calls', cardinality(wanted) - coalesce(cardinality(taken), 0), 'UPDATE');
  return cardinality(wanted);
end
$$;

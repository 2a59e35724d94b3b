-- Fills phone_number of inbound calls from from_number, in E.164 where that can be read, and says so in the store.
create or replace function ssot.fill_phone_numbers(ids uuid[]) returns bigint
language plpgsql as $$
declare
  n bigint;
  unwritten bigint;
begin
  with wanted as (
    select c.id, c.phone_number as former, coalesce(ssot.e164(c.from_number, o.country), c.from_number) as number
    from public.calls as c join ssot.org_country as o on o.org_id = c.org_id
    where c.id = any (ids) and ssot.needs_fill(c.call_direction::text, c.phone_number, c.from_number)
    for no key update of c
  ), filled as (
    update public.calls as c set phone_number = w.number from wanted as w where c.id = w.id
    returning c.id, w.number, w.former, c.phone_number collate "C" is not distinct from w.number as is_so
  ), noted as (
    update ssot.dropped_call_columns as a set filled = f.number, filled_over = f.former
    from filled as f where a.call_id = f.id
    returning 1
  )
  select (select count(*) from noted), (select count(*) from wanted) - (select count(*) from filled as f where f.is_so) into n, unwritten;
  perform ssot.refuse_unwritten('public.calls', unwritten, 'UPDATE');
  return n;
end
$$;

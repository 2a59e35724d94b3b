-- SQL for: calls with the number of the person at the other end, told once for each, and where they lie. No view, which the drop of
-- a column would have to wait for.
create or replace function ssot.calls_with_number() returns text
language sql stable as $$
  select format('(select c.id, c.org_id, c.contact_id, ssot.lies_at(c.ctid) as lies_at, ssot.call_number(c.call_direction::text, c.phone_number, %s) as number
                  from public.calls as c offset 0)',
    case when exists (select from pg_catalog.pg_attribute as a
                      where a.attrelid = 'public.calls'::regclass and a.attname = 'from_number' and not a.attisdropped)
         then 'c.from_number' else 'null' end);
$$;

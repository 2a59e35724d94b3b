-- PostgreSQL puts the comparison in place of the call.
create or replace function ssot.is_e164(number text) returns boolean
language sql immutable parallel safe as $$
  select number ~ ssot.e164_pattern();
$$;

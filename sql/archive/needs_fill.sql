-- An inbound call that has its number in from_number only.
create or replace function ssot.needs_fill(direction text, phone_number text, from_number text) returns boolean
language sql immutable as $$
  select direction = 'inbound' and nullif(btrim(phone_number), '') is null and nullif(btrim(from_number), '') is not null;
$$;

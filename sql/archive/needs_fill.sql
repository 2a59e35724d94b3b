-- An inbound call that has its number in from_number only. A word for a withheld number is none: it is neither kept nor copied.
create or replace function ssot.needs_fill(direction text, phone_number text, from_number text) returns boolean
language sql immutable as $$
  select direction = 'inbound' and ssot.is_withheld(phone_number) and not ssot.is_withheld(from_number);
$$;

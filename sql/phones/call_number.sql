-- The number of the person at the other end. On an outbound call from_number is the organisation's own.
create or replace function ssot.call_number(direction text, phone_number text, from_number text) returns text
language sql immutable parallel safe as $$
  select case when direction = 'outbound' or btrim(phone_number) <> '' then phone_number else from_number end;
$$;

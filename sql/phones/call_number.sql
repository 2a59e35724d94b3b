-- The number of the person at the other end. On an outbound call from_number is the organisation's own. The two columns may have
-- collations that do not go together.
create or replace function ssot.call_number(direction text, phone_number text, from_number text) returns text
language sql immutable parallel safe as $$
  select (case when direction = 'outbound' or not ssot.is_withheld(phone_number) then phone_number else from_number end) collate "C";
$$;

-- The shape of E.164: a plus, up to fifteen digits, no leading zero. src/phone/e164.ts has the same, held equal by a test, as is ssot.is_e164.
create or replace function ssot.e164_pattern() returns text
language sql immutable parallel safe as $$
  select '^[+][1-9][0-9]{1,14}$';
$$;

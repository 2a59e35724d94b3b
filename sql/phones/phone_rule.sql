-- The rule on contacts' numbers. It calls no function of ours, so that the constraint stands on its own.
create or replace function ssot.phone_rule() returns text
language sql immutable as $$
  select format('phone ~ %L', ssot.e164_pattern());
$$;

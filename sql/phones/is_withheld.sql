-- Whether a number names nobody: no call is linked by it, and it counts as none. PostgreSQL puts the comparison in place of the call.
-- What is but digits and a plus, as nearly all are, is told without the long expression, which costs a batch as much as its writing.
create or replace function ssot.is_withheld(number text) returns boolean
language sql immutable parallel safe as $$
  select coalesce(case when (number collate "C") !~ '[^+0-9]' then (number collate "C") = any (array_append(ssot.keypad_numbers(), ''))
                       else (number collate "C") ~* ssot.withheld_pattern() end, true);
$$;

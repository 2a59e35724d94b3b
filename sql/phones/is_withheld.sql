-- Whether a number names nobody: no call is linked by it, and it counts as none. PostgreSQL puts the comparison in place of the call.
create or replace function ssot.is_withheld(number text) returns boolean
language sql immutable parallel safe as $$
  select coalesce((number collate "C") ~* ssot.withheld_pattern(), true);
$$;

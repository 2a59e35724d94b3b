-- The turn of a row that lies there (ssot.lies_at), as one number: its stretch, its line in the page (16 bits), its page in the stretch (13).
create or replace function ssot.turn(lies_at bigint, stretch bigint) returns bigint
language sql immutable as $$
  select ((lies_at >> 16) / stretch << 29) | ((lies_at & 65535) << 13) | ((lies_at >> 16) % stretch);
$$;

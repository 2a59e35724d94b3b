-- The turn of a row that lies there, as one number: its stretch, its line in the page (16 bits), its page in the stretch (13).
create or replace function ssot.turn(place tid, stretch bigint) returns bigint
language sql immutable as $$
  select (((place::text::point)[0])::bigint / stretch << 29)
       | (((place::text::point)[1])::bigint << 13)
       | (((place::text::point)[0])::bigint % stretch);
$$;

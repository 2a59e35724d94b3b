-- For what is counted as a whole, however often it is counted.
create or replace function ssot.set_tally(migration text, what text, n bigint) returns void
language sql as $$
  insert into ssot.tally as t (migration, direction, what, n)
  values (set_tally.migration, 'migrate', set_tally.what, set_tally.n)
  on conflict on constraint tally_pkey do update set n = excluded.n;
$$;

create or replace function ssot.add_tally(migration text, what text, n bigint, direction text default 'migrate') returns void
language sql as $$
  insert into ssot.tally as t (migration, direction, what, n)
  values (add_tally.migration, add_tally.direction, add_tally.what, add_tally.n)
  on conflict on constraint tally_pkey do update set n = t.n + excluded.n;
$$;

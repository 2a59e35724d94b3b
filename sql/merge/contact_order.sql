-- SQL for: of contacts with one number, which counts: one that lives, the oldest of them. The one rule of links and merges.
create or replace function ssot.contact_order(alias text) returns text
language sql stable as $$
  select format('%2$s, %1$s.created_at, %1$s.id', alias, ssot.is_dead(alias));
$$;

-- The role that a statement runs for: the one that was set, else the one that logged in.
create or replace function ssot.who() returns text
language sql stable set search_path = pg_catalog, pg_temp as $$
  select coalesce(nullif(current_setting('role', true), 'none'), session_user::text);
$$;

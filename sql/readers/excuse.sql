-- Excuses a role of a deprecation, until the end of a day (UTC), or for good.
create or replace function ssot.excuse(migration text, role_name text, until date default null) returns void
language sql as $$
  insert into ssot.excused_role (migration, role_name, until) values (excuse.migration, excuse.role_name, excuse.until)
  on conflict on constraint excused_role_pkey do update set until = excluded.until;
$$;

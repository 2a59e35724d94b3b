-- Whether a role's reads and writes are excused today.
create or replace function ssot.is_excused(migration text, role_name text, verdicts jsonb default '{}') returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
  select exists (select from ssot.excused_role as e
                 where e.migration = is_excused.migration and e.role_name = is_excused.role_name and (e.until is null or now() < (e.until + 1)::timestamp at time zone 'UTC'))
      or coalesce(verdicts -> 'allow' ? is_excused.role_name
                  and (verdicts -> 'allow' ->> is_excused.role_name is null
                       or now() < ((verdicts -> 'allow' ->> is_excused.role_name)::date + 1)::timestamp at time zone 'UTC'), false);
$$;

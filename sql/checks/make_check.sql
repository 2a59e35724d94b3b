create or replace function ssot.make_check(check_name text, rule text) returns void
language plpgsql as $$
begin
  if not exists (select from pg_catalog.pg_constraint as k where k.conrelid = 'public.contacts'::regclass and k.conname = check_name) then
    execute format('alter table public.contacts add constraint %I check (%s) not valid', check_name, rule);
  end if;
end
$$;

-- Drops the rules that a migration made, not those that it found.
create or replace function ssot.drop_checks(migration text) returns void
language plpgsql as $$
declare
  c text;
begin
  for c in
    select o.name from ssot.object as o
    where o.migration = drop_checks.migration and o.kind = 'check' and o.outcome in ('created', 'replaced') order by o.name
  loop
    execute format('alter table public.contacts drop constraint if exists %I', c);
  end loop;
end
$$;

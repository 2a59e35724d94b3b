-- Drops contacts.source where the migration made it. What was written there since has no place in the former schema: it is stored.
create or replace function ssot.drop_source(migration text) returns void
language plpgsql as $$
declare
  n bigint;
begin
  if not exists (select from ssot.object as o
                 where o.migration = drop_source.migration and o.kind = 'column' and o.name = 'contacts.source' and o.outcome = 'created') then
    return;
  end if;
  insert into ssot.unrestored (relation, row_key, column_name, original, reason)
  select 'public.contacts', jsonb_build_object('id', k.id), 'source', k.source, 'the column did not exist before'
  from public.contacts as k where k.source is not null;
  get diagnostics n = row_count;
  if n > 0 then perform ssot.add_tally(migration, 'contactSources', n, 'kept'); end if;
  alter table public.contacts drop column if exists source;
end
$$;

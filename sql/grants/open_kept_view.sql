-- A view that stays is read by whom ours would be read by, besides its own readers; never by anon or everybody. What was is kept.
create or replace function ssot.open_kept_view(migration text, relation regclass) returns void
language plpgsql as $$
declare
  had constant jsonb := ssot.grants_of(relation);
begin
  perform ssot.note_object(migration, 'view grants', 'calls_with_caller_names', 'replaced',
                           format('select ssot.set_grants(%L::regclass, %L::jsonb)', relation, had));
  perform ssot.set_grants(relation, ssot.readers_of('public.calls') || (
    select coalesce(jsonb_agg(g), '[]') from jsonb_array_elements(had) as g where g ->> 'grantee' is not null and g ->> 'grantee' <> 'anon'));
end
$$;

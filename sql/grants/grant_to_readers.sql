-- Who may read a table may read the view that stands on it, and nobody else; never anon, never everybody.
create or replace function ssot.grant_to_readers(view_name regclass, tab regclass) returns void
language plpgsql as $$
begin
  perform ssot.set_grants(view_name, (
    select coalesce(jsonb_agg(g), '[]')
    from jsonb_array_elements(ssot.grants_of(tab)) as g
    where g ->> 'privilege' = 'SELECT' and g ->> 'column' is null and g ->> 'grantee' is not null and g ->> 'grantee' <> 'anon'));
end
$$;

-- Leaves exactly these grants on a relation, whatever default privileges gave it when it was created.
create or replace function ssot.set_grants(relation regclass, grants jsonb) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  g record;
begin
  for g in
    select distinct x ->> 'grantee' as grantee from jsonb_array_elements(ssot.grants_of(relation)) as x
  loop
    execute format('revoke all on %s from %s', relation, coalesce(quote_ident(g.grantee), 'public'));
  end loop;
  for g in select * from jsonb_to_recordset(grants) as x(grantee name, privilege text, "column" name, grantable boolean) loop
    /* A column that is gone takes its grant with it. */
    continue when g."column" is not null and not exists (
      select from pg_catalog.pg_attribute where attrelid = relation and attname = g."column" and not attisdropped);
    execute format('grant %s%s on %s to %s%s', g.privilege, coalesce(' (' || quote_ident(g."column") || ')', ''), relation,
                   coalesce(quote_ident(g.grantee), 'public'), case when g.grantable then ' with grant option' else '' end);
  end loop;
end
$$;

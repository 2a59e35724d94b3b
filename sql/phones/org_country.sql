-- The country that decides how an organisation's national numbers are read. The column is optional: read so, its absence is no
-- error. A query of all rows reads it with "offset 0": once for each organisation, not for each row.
do $$
begin
  if not exists (select from pg_catalog.pg_attribute as a
                 where a.attrelid = to_regclass('public.organizations') and a.attname = 'id' and not a.attisdropped) then
    return;
  end if;
  create or replace view ssot.org_country as
    select o.id as org_id, coalesce(nullif(upper(btrim(to_jsonb(o) ->> 'telephony_country')), ''), 'US') as country
    from public.organizations as o;
end
$$;

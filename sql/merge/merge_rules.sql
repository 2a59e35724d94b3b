-- How the columns of contacts are merged that say something of the person: column → keep (the survivor's value), greatest or least.
create or replace function ssot.merge_rules() returns jsonb
language sql stable as $$
  select coalesce(jsonb_object_agg(r.col, case when r.role in ('dead', 'alive') then 'keep' when r.role = 'opt-out' and r.is_boolean then 'greatest' else 'least' end), '{}')
  from ssot.contact_role as r where r.fits or r.role in ('dead', 'alive');
$$;

-- SQL for: the contact "alias" is gone, by the columns that say so.
create or replace function ssot.is_dead(alias text) returns text
language sql stable as $$
  select coalesce('(' || string_agg(format(
    case when r.role = 'alive' then '%s.%I is false' when r.is_boolean then '%s.%I is true' else '%s.%I is not null' end, alias, r.col),
    ' or ' order by r.col) || ')', 'false')
  from ssot.contact_role as r
  where r.role in ('dead', 'alive') and r.fits;
$$;

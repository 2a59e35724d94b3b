-- What the view of live names shows, in the words of the migration that makes it: for comparing one of somebody's with it, and for
-- making it again without columns that go.
create or replace function ssot.calls_view() returns text
language sql immutable as $$
  select 'select
  c.*,
  coalesce(ct.name, nullif(btrim(c.phone_number), ''''), ''Unknown'') as resolved_caller_name,
  ct.email       as contact_email,
  ct.lead_status as contact_lead_status,
  ct.lead_score  as contact_lead_score,
  case
    when ct.name <> ct.phone or ct.name is not null and ct.phone is null then ''contact''
    when ct.name is not null then ''phone''
    when c.phone_number ~ ''^[[:space:]]*[+(]*[0-9]'' then ''phone''
    else ''unknown''
  end as name_source
from public.calls as c
left join public.contacts as ct on ct.id = c.contact_id and ct.org_id = c.org_id';
$$;

-- Writes one column of one contact from its text.
create or replace function ssot.set_contact(contact uuid, col name, value text) returns void
language plpgsql as $$
begin
  execute format('update public.contacts set %I = $1::%s where id = $2', col, ssot.column_type('public.contacts', col))
  using value, contact;
end
$$;

-- An unnamed contact is called by its number; when the number changes, so does that name, else the rule would refuse.
create or replace function ssot.contact_name_follows_phone() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  new.name := new.phone;
  return new;
end
$$;

-- No name at all, or only something that stands for one: what the name rule refuses, and any phone number.
do $$
begin
  execute format(
    'create or replace function ssot.is_placeholder(name text) returns boolean language sql immutable parallel safe as %L',
    format('select (%s) is not true', replace(ssot.name_rule(), 'name = phone or ', '')));
end
$$;

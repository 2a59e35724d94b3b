-- Writes columns of one contact from their texts, all at once. Gives what is there then: a trigger may have put something else in.
create or replace function ssot.set_contact(contact uuid, becomes jsonb, path text) returns jsonb
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  present jsonb;
  n bigint;
begin
  execute (
    select format('update public.contacts as k set %s from pg_catalog.set_config(''search_path'', $3, true) as opened(path)
                   where opened.path is not null and k.id = $2 returning %s',
                  string_agg(format('%1$I = ($1 ->> %1$L)::%2$s', c.col, ssot.column_type('public.contacts', c.col)), ', '),
                  ssot.row_as_text('k', array_agg(c.col::name)))
    from jsonb_object_keys(becomes) as c(col))
  into present using becomes, contact, path;
  get diagnostics n = row_count;
  perform pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
  perform ssot.refuse_unwritten('public.contacts', 1 - n, 'UPDATE');
  return present;
end
$$;

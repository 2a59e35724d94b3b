-- What the view looks like when nobody has changed it since: asked by ssot.view_is_ours.
create or replace function ssot.remember_view(view_name text) returns void
language sql set search_path = pg_catalog, pg_temp as $$
  update ssot.object as o set made = pg_get_viewdef(to_regclass('public.' || quote_ident(o.name)))
  where o.stage = 'former' and o.kind = 'view' and o.name = remember_view.view_name;
$$;

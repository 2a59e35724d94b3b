-- Writes down what a view has besides its definition: options, owner, comment, grants.
create or replace function ssot.save_view(migration text, view_name text) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  delete from ssot.object as o where o.migration = save_view.migration and o.stage = 'view' and o.name = view_name;
  insert into ssot.object (migration, stage, kind, name, undo)
  select save_view.migration, 'view', s.kind, view_name, s.statement
  from pg_catalog.pg_class as c
  cross join lateral (values
    (1, 'options', format('alter view %s set (%s)', c.oid::regclass, array_to_string(c.reloptions, ', '))),
    (2, 'owner', case when c.relowner <> current_user::regrole then format('alter view %s owner to %I', c.oid::regclass, pg_get_userbyid(c.relowner)) end),
    (3, 'comment', format('comment on view %s is %s', c.oid::regclass, coalesce(quote_literal(obj_description(c.oid, 'pg_class')), 'null'))),
    (4, 'grants', format('select ssot.set_grants(%L::regclass, %L::jsonb)', c.oid::regclass, ssot.grants_of(c.oid)))) as s(place, kind, statement)
  where c.oid = to_regclass('public.' || quote_ident(view_name)) and s.statement is not null
  order by s.place;
end
$$;

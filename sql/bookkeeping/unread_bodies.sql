-- Bodies of functions name the mission's tables. Where these are not there PostgreSQL cannot read them, and nobody calls them.
do $$
begin
  if (select count(*) from pg_catalog.pg_attribute as a
      where not a.attisdropped and (a.attrelid, a.attname) in ((to_regclass('public.calls'), 'org_id'), (to_regclass('public.contacts'), 'org_id'),
                                                               (to_regclass('public.organizations'), 'id'))) < 3 then
    perform set_config('check_function_bodies', 'off', true);
  end if;
end
$$;

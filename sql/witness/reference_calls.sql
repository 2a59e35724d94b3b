-- Lets a column of ids follow deleted calls: it is emptied with them. A partitioned calls has no key on id alone that could be referenced:
-- there ssot.erase empties it.
create or replace function ssot.reference_calls(tab regclass, col text) returns void
language plpgsql as $$
begin
  if exists (select from pg_partition_tree('public.calls')) then return; end if;
  execute format('alter table %s add constraint %I foreign key (%I) references public.calls (id) on delete set null', tab,
                 (select c.relname from pg_catalog.pg_class as c where c.oid = tab) || '_' || col || '_fkey', col);
end
$$;

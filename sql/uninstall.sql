-- Removes everything of ssot from schema ssot, and the schema, once no migration is applied any more; does nothing before. ssot.unrestored
-- stays while it holds an original that could not be put back. Without CASCADE: what somebody stood on it stops this with its name.
--   psql -v ON_ERROR_STOP=1 -f FILE
do $$
declare
  keeps boolean;
  o record;
  dropped integer;
begin
  if to_regclass('ssot.ledger') is null then
    /* The text of an engine that was sent and never installed. */
    if to_regclass('ssot.engine_text') is not null then
      drop table ssot.engine_text;
      if not exists (select from pg_catalog.pg_class as c where c.relnamespace = 'ssot'::regnamespace) then drop schema ssot; end if;
    end if;
    return;
  end if;
  if exists (select from ssot.ledger) then return; end if;
  if exists (select from ssot.run as r where r.finished_at is null and r.direction = 'migrate') then return; end if;
  keeps := exists (select from ssot.unrestored);
  loop
    dropped := 0;
    for o in
      select format('drop %s %s', case c.relkind when 'v' then 'view' when 'S' then 'sequence' else 'table' end, c.oid::regclass) as statement
      from pg_catalog.pg_class as c
      where c.relnamespace = 'ssot'::regnamespace and c.relkind in ('r', 'p', 'v', 'S') and not c.relispartition
        and not (keeps and c.relname = 'unrestored')
        and not (c.relkind = 'S' and exists (select from pg_catalog.pg_depend as d where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid and d.deptype in ('a', 'i')))
      union all
      select format('drop routine %s', p.oid::regprocedure) from pg_catalog.pg_proc as p where p.pronamespace = 'ssot'::regnamespace
    loop
      begin
        execute o.statement;
        dropped := dropped + 1;
      exception when dependent_objects_still_exist or undefined_table or undefined_function then null;
      end;
    end loop;
    exit when dropped = 0;
  end loop;
  for o in
    select c.oid::regclass::text as name from pg_catalog.pg_class as c
    where c.relnamespace = 'ssot'::regnamespace and c.relkind in ('r', 'p', 'v') and not (keeps and c.relname = 'unrestored')
    union all
    select p.oid::regprocedure::text from pg_catalog.pg_proc as p where p.pronamespace = 'ssot'::regnamespace
  loop
    raise exception '% cannot be removed: something else depends on it', o.name using errcode = 'dependent_objects_still_exist';
  end loop;
  if not keeps then
    drop schema ssot;
  end if;
end
$$;

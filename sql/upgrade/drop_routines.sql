-- Routines and views of an older engine go, so that none of another signature stays. What a trigger, an index, a constraint or somebody's
-- object stands on stays, and is replaced; so does the one routine that the engine that comes has made by now. Never with CASCADE.
do $$
declare
  o record;
  dropped integer;
begin
  if not exists (select from ssot.engine) then return; end if;
  loop
    dropped := 0;
    for o in
      select format('drop view %s', c.oid::regclass) as statement from pg_catalog.pg_class as c
      where c.relnamespace = 'ssot'::regnamespace and c.relkind = 'v'
      union all
      select format('drop routine %s', p.oid::regprocedure) from pg_catalog.pg_proc as p
      where p.pronamespace = 'ssot'::regnamespace and p.oid <> 'ssot.refuse_newer_engine(integer)'::regprocedure
    loop
      begin
        execute o.statement;
        dropped := dropped + 1;
      exception when dependent_objects_still_exist then null;
      end;
    end loop;
    exit when dropped = 0;
  end loop;
end
$$;

-- Runs what a drop wrote down to bring its objects back: stage "columns" or "swap".
create or replace function ssot.run_stage(migration text, stage text) returns void
language plpgsql as $$
declare
  s text;
begin
  for s in select o.undo from ssot.object as o where o.migration = run_stage.migration and o.stage = run_stage.stage order by o.seq loop
    execute s;
  end loop;
end
$$;

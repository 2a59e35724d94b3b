create or replace function ssot.unschedule_prune() returns void
language plpgsql as $$
begin
  if to_regclass('cron.job') is not null then
    perform cron.unschedule(j.jobid) from cron.job as j where j.jobname = 'ssot-prune-audit';
  end if;
exception when others then
  raise warning 'pg_cron goes on with its job ssot-prune-audit: %', sqlerrm;
end
$$;

-- Where nothing else is deprecated.
create or replace function ssot.unschedule_prune(migration text default '20260209000400_mark_deprecated') returns void
language plpgsql as $$
begin
  if exists (select from ssot.deprecated_column as d where d.migration <> unschedule_prune.migration) then return; end if;
  if to_regclass('cron.job') is not null then
    perform cron.unschedule(j.jobid) from cron.job as j where j.jobname = 'ssot-prune-audit';
  end if;
exception when others then
  raise warning 'pg_cron goes on with its job ssot-prune-audit: %', sqlerrm;
end
$$;

-- Each audited write prunes a little. Where pg_cron is installed and this role may use it, it also prunes at night, when
-- nobody writes the columns any more.
create or replace function ssot.schedule_prune() returns void
language plpgsql as $$
begin
  if to_regprocedure('cron.schedule(text, text, text)') is not null then
    perform cron.schedule('ssot-prune-audit', '23 3 * * *', 'select ssot.prune_audit(100000)');
  end if;
exception when others then
  raise warning 'pg_cron will not prune the audit: %', sqlerrm;
end
$$;

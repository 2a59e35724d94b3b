-- Asks for the lock that VACUUM takes, and gives it back: an autovacuum that has it, and would keep it for as long as it
-- sleeps between its pages, ends for that once deadlock_timeout is over. One against wraparound stays. Nobody waits behind
-- this but other changes of the schema.
create or replace function ssot.end_autovacuum(tab regclass) returns void
language plpgsql as $$
begin
  perform set_config('lock_timeout', (s.setting::integer + 100)::text, true) from pg_catalog.pg_settings as s where s.name = 'deadlock_timeout';
  execute format('lock table %s in share update exclusive mode', tab);
exception when lock_not_available then null;
end
$$;

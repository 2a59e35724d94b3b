-- What every file of ssot runs with when psql runs it: the session's settings, which are those of src/db/session-settings.ts, and
-- what may be said on the command line.
--   -v on_unfixable_phone=quarantine      contacts whose number cannot be read are set aside, instead of stopping the run
--   -v replace_view=true                  a view of our name may lose the columns that ours has not
--   -v force=true                         the drop does not wait for time, writers and the history of its witness
set client_encoding = 'UTF8';
set timezone = 'UTC';
set datestyle = 'ISO, YMD';
set intervalstyle = 'postgres';
set extra_float_digits = '1';
set bytea_output = 'hex';
set lc_monetary = 'C';
set xmloption = 'content';
set array_nulls = 'on';
set standard_conforming_strings = 'on';
set transform_null_equals = 'off';
set quote_all_identifiers = 'off';
set search_path = '';
set default_tablespace = '';
set default_table_access_method = 'heap';
set plpgsql.extra_errors = 'none';
set plpgsql.extra_warnings = 'none';
set default_transaction_isolation = 'read committed';
set default_transaction_deferrable = 'off';
set statement_timeout = '0';
set idle_in_transaction_session_timeout = '0';
set idle_session_timeout = '0';
set enable_seqscan = 'on';
set enable_indexscan = 'on';
set enable_indexonlyscan = 'on';
set enable_bitmapscan = 'on';
set enable_nestloop = 'on';
set enable_hashjoin = 'on';
set enable_mergejoin = 'on';
set enable_hashagg = 'on';
set enable_sort = 'on';
set enable_partition_pruning = 'on';
set plan_cache_mode = 'auto';
set from_collapse_limit = '8';
set join_collapse_limit = '8';
set jit = 'off';
set work_mem = '64MB';
set lock_timeout = '1s';
do $$
begin
  perform set_config(s.name, s.value, false)
  from (values ('transaction_timeout', '0'), ('restrict_nonsystem_relation_kind', '')) as s(name, value)
  where current_setting(s.name, true) is not null;
  if current_setting('session_replication_role') = 'replica' then
    raise exception 'session_replication_role is replica: keys would not be looked at' using errcode = 'object_not_in_prerequisite_state';
  end if;
end
$$;
\if :{?commits}
\else
\set commits true
\endif
\if :{?on_unfixable_phone}
\else
\set on_unfixable_phone abort
\endif
\if :{?force}
\else
\set force false
\endif
\if :{?replace_view}
\else
\set replace_view false
\endif
\if :{?verdicts}
\else
\set verdicts '{}'
\endif

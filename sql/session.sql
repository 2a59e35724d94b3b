-- What every file of ssot runs with when psql runs it: the session's settings, and what may be said on the command line.
--   -v commits=false                      one transaction around everything (psql -1): no step commits by itself
--   -v on_unfixable_phone=quarantine      contacts whose number cannot be read are set aside, instead of stopping the run
--   -v force=true                         the drop does not wait for time, writers and the history of its witness
set timezone = 'UTC';
set datestyle = 'ISO, YMD';
set search_path = '';
set lock_timeout = '1s';
set statement_timeout = 0;
set work_mem = '64MB';
set jit = off;
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
\if :{?verdicts}
\else
\set verdicts '{}'
\endif

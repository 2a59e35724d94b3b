-- One md5 over the definitions of all routines of the engine.
create or replace function ssot.fingerprint() returns text
language sql stable set search_path = pg_catalog, pg_temp as $$
  select md5(string_agg(p.oid::regprocedure::text || p.prosrc, chr(31) order by p.oid::regprocedure::text collate "C"))
  from pg_catalog.pg_proc as p where p.pronamespace = 'ssot'::regnamespace;
$$;

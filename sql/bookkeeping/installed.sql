-- The engine is here.
select ssot.own_schema();
insert into ssot.engine as e (version, tool, fingerprint)
select :engine_version, :'tool_version', ssot.fingerprint()
on conflict (only_row) do update
  set version = excluded.version, tool = excluded.tool, fingerprint = excluded.fingerprint, installed_at = now();

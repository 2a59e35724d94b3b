-- The engine is here; the text of it that exported files brought is of no more use.
do $$
begin
  if to_regclass('ssot.engine_text') is not null then drop table ssot.engine_text; end if;
end
$$;
select ssot.own_schema();
insert into ssot.engine as e (version, tool, fingerprint)
select :engine_version, :'tool_version', ssot.fingerprint()
on conflict (only_row) do update
  set version = excluded.version, tool = excluded.tool, fingerprint = excluded.fingerprint, installed_at = now();

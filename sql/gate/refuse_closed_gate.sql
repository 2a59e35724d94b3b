-- Raises SS003 with every reason while the gate of a deprecation is closed; "force" overrides what can be forced. What it saw of readers
-- is kept, unless it raises: a refusal writes nothing.
create or replace function ssot.refuse_closed_gate(migration text, force boolean, verdicts jsonb) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  told constant jsonb := verdicts || jsonb_build_object('here', ssot.recorded_statements(migration));  /* as it is now */
  reasons text;
begin
  perform ssot.record_readers(migration, told);
  select string_agg(b.message, '; ') into reasons from ssot.phase3_blockers(migration, told) as b where not (b.can_force and force);
  if reasons is not null then
    raise exception 'the columns may not be dropped: %', reasons using errcode = 'SS003';
  end if;
end
$$;

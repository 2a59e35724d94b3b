create or replace function ssot.refuse_newer_engine(brought integer) returns void
language plpgsql as $$
declare
  here ssot.engine;
begin
  select * into here from ssot.engine;
  if here.version > brought then
    raise exception 'the database has engine % of ssot %, which is newer than engine %', here.version, here.tool, brought
      using errcode = 'SS004', hint = 'Use that version of ssot, or a newer one. Nothing was changed.';
  end if;
end
$$;
select ssot.refuse_newer_engine(:engine_version);

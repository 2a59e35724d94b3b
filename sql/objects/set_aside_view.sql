-- Somebody's view of the name is kept as the statements that make it again, and goes. If others stand on it, this stops.
create or replace function ssot.set_aside_view(migration text, view_name text) returns void
language plpgsql as $$
declare
  theirs constant regclass := to_regclass('public.' || quote_ident(view_name));
begin
  perform ssot.note_object(migration, 'view', view_name, case when theirs is null then 'created' else 'replaced' end, ssot.view_ddl(theirs));
  if theirs is not null then execute format('drop view %s', theirs); end if;
end
$$;

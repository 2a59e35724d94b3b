-- Sets a constraint of the same name but another meaning aside; the statement that brings it back is journaled.
-- Equal is what PostgreSQL prints alike for a table that has ours.
create or replace function ssot.set_aside_check(migration text, check_name text, rule text) returns void
language plpgsql as $$
declare
  theirs record;
  ours text;
begin
  select pg_get_constraintdef(k.oid) as def, pg_get_expr(k.conbin, k.conrelid) as rule, k.convalidated as validated,
         obj_description(k.oid, 'pg_constraint') as remark into theirs
  from pg_catalog.pg_constraint as k where k.conrelid = 'public.contacts'::regclass and k.conname = check_name;
  if not found then
    perform ssot.note_object(migration, 'check', check_name, 'created');
    return;
  end if;
  create table ssot.shape (like public.contacts);
  execute format('alter table ssot.shape add constraint ours check (%s)', rule);
  select pg_get_expr(k.conbin, k.conrelid) into ours from pg_catalog.pg_constraint as k
  where k.conrelid = 'ssot.shape'::regclass and k.conname = 'ours';
  drop table ssot.shape;
  if theirs.rule = ours and theirs.validated then
    perform ssot.note_object(migration, 'check', check_name, 'kept');
  else
    perform ssot.note_object(migration, 'check', check_name, 'replaced', theirs.def);
    if theirs.remark is not null then
      perform ssot.note_object(migration, 'check comment', check_name, 'replaced',
                               format('comment on constraint %I on public.contacts is %L', check_name, theirs.remark));
    end if;
    execute format('alter table public.contacts drop constraint %I', check_name);
  end if;
end
$$;

-- Notes what became of an object, once: the first word stands, however often a step is run.
create or replace function ssot.note_object(migration text, kind text, name text, outcome text, undo text default null) returns void
language sql as $$
  insert into ssot.object (migration, kind, name, outcome, undo)
  values (note_object.migration, note_object.kind, note_object.name, note_object.outcome, note_object.undo)
  on conflict do nothing;
$$;

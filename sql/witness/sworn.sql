-- What a witness looked like when it was sworn in: a trigger that was disabled and enabled again, or a function that
-- was replaced, has another xmin. Each partition has triggers of its own, which can be disabled there alone.
-- "touched_before": what had happened to it before the engine was upgraded; it stays a reason not to drop.
create table if not exists ssot.witness (
  migration      text not null,
  kind           text not null,
  name           text not null,
  object_id      oid not null,
  changed_in     text not null,   -- xmin of its catalog row
  touched_before text,
  primary key (migration, kind, name)
);

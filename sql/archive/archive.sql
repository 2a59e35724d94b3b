-- One row a drop: where its values are kept ("store", a table that the drop's file makes), under which key, and what else has to be
-- done to the rows of a batch ("fill", a function of their ids that may be named).
-- A store has the key, the columns, and:  filled, filled_over (text: what was written into the row over what),  gone (boolean: deleted
-- or emptied since; a batch with an older view must not bring it back).
create table if not exists ssot.archive (
  migration  text primary key,
  relation   text not null,
  store      text not null,
  key_column text not null,
  columns    text[] not null,
  fill       text
);

-- Rows that came to need their "fill" after the copy may have passed them.
create table if not exists ssot.archive_mark (
  migration text not null,
  id        uuid not null,
  primary key (migration, id)
);

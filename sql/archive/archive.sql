-- One row a drop: where its values are kept ("store", a table that the drop's file makes), by which columns a row of the table is found
-- ("row_key", and "store_key", the same in the store), and what else has to be done to the rows of a batch ("fill", a function of their ids
-- that may be named, where the key is one uuid).
-- A store has the key as its primary key, the columns, gone (boolean: deleted or emptied since; a batch with an older view must not bring it
-- back), and where there is a fill: filled, filled_over (text: what was written into the row over what).
create table if not exists ssot.archive (
  migration  text primary key,
  relation   text not null,
  row_key    text[] not null,
  store      text not null,
  store_key  text[] not null,
  columns    text[] not null,
  fill       text
);

-- Rows that came to need their "fill" after the copy may have passed them.
create table if not exists ssot.archive_mark (
  migration text not null,
  id        uuid not null,
  primary key (migration, id)
);

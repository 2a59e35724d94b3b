-- One row a drop: where its values are kept ("store", a table that the drop's file makes), by which columns a row of the table is found
-- ("row_key", and "store_key", the same in the store), and what else has to be done to the rows of a batch ("fill", a function of their ids
-- that may be named, where the key is one uuid), and what rows get in place of a value that were inserted after the drop ("derive": an expression
-- over the row t for each column). "keeps_all": the store holds the key of each row, so that a row without is known to be such a one.
-- A store has the key as its primary key, the columns, gone (boolean: deleted or emptied since; a batch with an older view must not bring it
-- back), and where there is a fill: filled, filled_over (text: what was written into the row over what).
create table if not exists ssot.archive (
  migration  text primary key,
  relation   text not null,
  row_key    text[] not null,
  store      text not null,
  store_key  text[] not null,
  columns    text[] not null,
  fill       text,
  derive     text[],
  keeps_all  boolean not null default false
);

-- Rows that came to need their "fill" after the copy may have passed them.
create table if not exists ssot.archive_mark (
  migration text not null,
  id        uuid not null,
  primary key (migration, id)
);

-- What is changed row by row, with its cursor: rows 1 to "planned" of its journal are to be changed, rows up to "done" are.
-- What is walked by key has "last_key" as well. "effect" is the word under which its rows are counted.
create table if not exists ssot.task (
  task        text primary key,
  migration   text not null,
  relation    text not null,
  column_name text,
  effect      text not null,
  planned     bigint not null default 0,
  done        bigint not null default 0,
  last_key    text
);

-- Journals of the first engine, one a column, and what they are journals of; until their rows are moved they are read by deletes.
create table if not exists ssot.older_journal (name text primary key, relation text not null, task text not null);

-- The plan of every change and its undo journal are one: row "id" of the task's table goes from "old" to "new". Values are
-- text, exactly as PostgreSQL prints and reads them.
-- A merge or a quarantine (task "merge") touches many tables: its rows say which, and how the row is found ("key": its primary
-- key, or all of its columns where the table has none). "kind" is repoint, delete, fill or quarantine; "image" a whole row.
create table if not exists ssot.journal (
  seq         bigint not null,
  id          uuid,
  task        text not null,
  old         text,
  new         text,
  rescued     boolean,  -- a name that a call had caught
  kind        text check (kind in ('repoint', 'delete', 'fill', 'quarantine')),
  relation    text,
  column_name text,
  key         jsonb,
  image       jsonb
) partition by list (task);

-- Each task has its part, for its statistics. By "id" deletes find what they have to remove.
create table if not exists ssot.journal_of_links partition of ssot.journal (primary key (seq)) for values in ('calls.contact_id');
create table if not exists ssot.journal_of_call_numbers partition of ssot.journal (primary key (seq)) for values in ('calls.phone_number');
create table if not exists ssot.journal_of_contact_numbers partition of ssot.journal (primary key (seq)) for values in ('contacts.phone');
create table if not exists ssot.journal_of_names partition of ssot.journal (primary key (seq)) for values in ('contacts.name');
create table if not exists ssot.journal_of_merges partition of ssot.journal (primary key (seq)) for values in ('merge');
create table if not exists ssot.journal_of_others partition of ssot.journal (primary key (task, seq)) default;

create index if not exists journal_of_contact_numbers_row on ssot.journal_of_contact_numbers (id);
create index if not exists journal_of_names_row on ssot.journal_of_names (id);
create index if not exists journal_of_merges_row on ssot.journal_of_merges ((key ->> 'id'));
create index if not exists journal_of_merges_old on ssot.journal_of_merges (old) where kind = 'repoint';
create index if not exists journal_of_merges_new on ssot.journal_of_merges (new) where kind = 'repoint';

comment on table ssot.journal is 'personal data: values as they were before they were changed, and what they were changed to';

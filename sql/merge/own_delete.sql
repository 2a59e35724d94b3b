-- Contacts that a merge or a quarantine deletes at this moment: what is kept of them is to stay. A row is written before the delete
-- and goes right after it, in one transaction; nobody else ever sees one.
create table if not exists ssot.own_delete (id uuid primary key);

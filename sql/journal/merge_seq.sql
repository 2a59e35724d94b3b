-- The places of merges and quarantine in their part of the journal.
create sequence if not exists ssot.merge_seq;

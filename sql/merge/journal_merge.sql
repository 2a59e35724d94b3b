-- Enters what a merge or a quarantine does to one row.
create or replace function ssot.journal_merge(kind text, relation text, key jsonb, column_name text, old text, new text, image jsonb default null)
returns void
language sql as $$
  insert into ssot.journal (task, seq, kind, relation, key, column_name, old, new, image)
  values ('merge', nextval('ssot.merge_seq'), journal_merge.kind, journal_merge.relation, journal_merge.key, journal_merge.column_name,
          journal_merge.old, journal_merge.new, journal_merge.image);
$$;

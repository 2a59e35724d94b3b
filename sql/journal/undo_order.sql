-- In which order a long undo takes rows: where they lie by now, see ssot.turn. A row that was changed twice is taken back twice,
-- the last change first. Gone after a crash of the server: then a journal goes from its tail, an archive by its key.
create unlogged table if not exists ssot.undo_order (
  seq         bigint primary key,
  task        text not null,
  journal_seq bigint,
  lies_at     tid
);

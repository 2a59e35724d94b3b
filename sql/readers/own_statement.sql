-- Statements of ssot that name deprecated columns, by their fingerprints: they accuse nobody. The rows are brought by each engine.
create table if not exists ssot.own_statement (
  fingerprint text primary key
);

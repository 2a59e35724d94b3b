-- The statements of this version of ssot. Made by scripts/own-statements.mjs.
delete from ssot.own_statement;
insert into ssot.own_statement (fingerprint) values
  ('1591dcdbc9b43e51d0bbed8406130e82'),
  ('1cdb340549c2d755a0c4843909dfdb84'),
  ('3556afda96fdaa0b64ad3f876601341a'),
  ('482978e1a0e3833d1ff046eec988e8eb'),
  ('6bb0f182b3ff7ddbbf60fd7cded19cdf'),
  ('6fe179425a83453f2862056378e6f345'),
  ('7a237c8984473dafdd1d359b6b7ff24b'),
  ('8f6c74cdc7f2f5648d61fc3792712a4b'),
  ('c76352f73131870c5f5e8bafdedf41f0'),
  ('ca3c4dbdc9360b1a5677658837500f91'),
  ('d588692a97baa1f2af98535eabb7dd20'),
  ('de34b03fa30f38030dfab385bf7af42f'),
  ('e6de07aa30b1d0c42a5c3302c289c8cb');

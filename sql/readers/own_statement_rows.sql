-- The statements of this version of ssot. Made by scripts/own-statements.mjs.
delete from ssot.own_statement;
insert into ssot.own_statement (fingerprint) values
  ('1591dcdbc9b43e51d0bbed8406130e82'),
  ('1cdb340549c2d755a0c4843909dfdb84'),
  ('3556afda96fdaa0b64ad3f876601341a'),
  ('37fff2e0e3f761609a86c5843311c038'),
  ('3dab2bb7b65b325f1ba032898304292a'),
  ('48eb044ccfedb94ef12635f9f758d6df'),
  ('6fe179425a83453f2862056378e6f345'),
  ('93af5ec302a5e7862e431ffbd483f4d1'),
  ('ac6b309403977592b47baa4501b8c248'),
  ('adbd89b5ce32d27cd63cdaaa91d5c2da'),
  ('ae7169b033fdf4a020b20070a6f07730'),
  ('ca3c4dbdc9360b1a5677658837500f91'),
  ('e6de07aa30b1d0c42a5c3302c289c8cb');

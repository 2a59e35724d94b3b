-- The statements of this version of ssot. Made by scripts/own-statements.mjs.
delete from ssot.own_statement;
insert into ssot.own_statement (fingerprint) values
  ('1591dcdbc9b43e51d0bbed8406130e82'),
  ('1cdb340549c2d755a0c4843909dfdb84'),
  ('3556afda96fdaa0b64ad3f876601341a'),
  ('37fff2e0e3f761609a86c5843311c038'),
  ('48eb044ccfedb94ef12635f9f758d6df'),
  ('7ed61aebd44a8e8d70b55acea9fb79e5'),
  ('93af5ec302a5e7862e431ffbd483f4d1'),
  ('a4a81aae5daf99d8edccc65bb0fd64f0'),
  ('ac6b309403977592b47baa4501b8c248'),
  ('adbd89b5ce32d27cd63cdaaa91d5c2da'),
  ('ca3c4dbdc9360b1a5677658837500f91'),
  ('e6de07aa30b1d0c42a5c3302c289c8cb');

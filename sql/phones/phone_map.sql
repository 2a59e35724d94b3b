-- Every loose spelling that was met, with its reading; null where nobody could read it. `ssot migrate` fills in, with
-- libphonenumber, what ssot.e164 could not read by itself.
create table if not exists ssot.phone_map (
  raw text,
  country text,
  e164 text constraint phone_map_e164_shape check (ssot.is_e164(e164)),
  primary key (raw, country)
);
create index if not exists phone_map_e164 on ssot.phone_map (e164);
comment on table ssot.phone_map is 'personal data: numbers as they were written, and how they are read';

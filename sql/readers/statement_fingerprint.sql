-- What a statement is known by, on every server: the md5 of its shape without case, blanks and the length of lists. Not its queryid, which
-- differs from server to server, and from one table to the next of the same name.
create or replace function ssot.statement_fingerprint(shape text) returns text
language sql immutable strict set search_path = pg_catalog, pg_temp as $$
  select md5(replace(translate(lower(shape), ' ', ''), ',…', ''));
$$;

-- What the indexes hold of a text: every piece of three characters and every piece of five, case folded as ILIKE does, each
-- as a number. The organisation is mixed into the numbers (as one of 64 buckets), so that a search reads the pieces of its own
-- organisation and hardly any of others. Pieces of five share 2^18 numbers: else almost every one would be an entry of its own.
-- Two pieces of one number cost a look at the row, never a wrong answer: whoever asks compares the text itself, too.
-- Of a text that is longer than any name or number only the first 1,000 characters are cut: the time to find the n-th grows with n.
-- An index calls its function as whoever writes the row: everybody who writes has to be allowed. It tells of its arguments only.
create or replace function ssot.make_search_grams() returns void
language plpgsql as $$
begin
  create or replace function ssot_search.grams(organization uuid, said text, shortest integer) returns bigint[]
  language plpgsql immutable strict parallel safe
  set search_path = pg_catalog, pg_temp as $search$
  declare
    folded constant text := lower(left(said, 1000));
    size constant integer := char_length(folded);
    bucket constant bigint := uuid_hash_extended(organization, 0) & 63;
    made bigint[] := '{}';
  begin
    if shortest <= 3 then
      for n in 1 .. size - 2 loop
        made := made || hashtextextended(substr(folded, n, 3) collate "C", bucket);
      end loop;
    end if;
    for n in 1 .. size - 4 loop
      made := made || (hashtextextended(substr(folded, n, 5) collate "C", bucket) & 262143);
    end loop;
    return made;
  end
  $search$;
  perform ssot.close_function('ssot_search.grams(uuid, text, integer)');
  grant execute on function ssot_search.grams(uuid, text, integer) to public;
end
$$;

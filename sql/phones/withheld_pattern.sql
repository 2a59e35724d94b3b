-- What names nobody where a number is expected, as a regular expression regardless of case: blanks, the words that networks send (as
-- the user of a SIP address too), and such a word spelt on the keypad, with its plus: without it the digits may be somebody's.
-- The same text as in the command, which asks by it before this is there. Encodings other than UTF-8 have it without what lies
-- beyond ASCII.
create or replace function ssot.withheld_pattern() returns text
language sql immutable parallel safe as $$
  select format('^%1$s*$|^%1$s*<?(sips?:)?(anonymous|unknown|unavailable|restricted|private|blocked|withheld)' ||
                '((%1$s|[_-])+(caller((%1$s|[_-])+id)?|number))?(@.*)?%1$s*$|^%2$s(tel:%2$s)?[+]%2$s(%3$s)%2$s$',
    s.blank, s.separators,
    (select string_agg(array_to_string(string_to_array(ltrim(k.number, '+'), null), s.separators), '|' order by k.place)
     from unnest(ssot.keypad_numbers()) with ordinality as k(number, place)))
  from (
    select format('[[:space:]%s]', b.blanks) as blank, format('[()./[:space:]%s%s-]*', b.blanks, b.dashes) as separators
    from (
      select
        /* Spaces of any width, marks that nobody sees. */
        case when e.is_utf8 then chr(160) || chr(173) || chr(5760) || chr(8192) || '-' || chr(8207) || chr(8232) || '-' || chr(8239)
          || chr(8287) || '-' || chr(8297) || chr(12288) || chr(65279) else '' end as blanks,
        /* Hyphens, dashes, minus, full-width separators. */
        case when e.is_utf8 then chr(8208) || '-' || chr(8213) || chr(8722) || chr(65288) || chr(65289) || chr(65293) || '-' || chr(65295)
          else '' end as dashes
      from (select pg_catalog.getdatabaseencoding() = 'UTF8' as is_utf8) as e
    ) as b
  ) as s;
$$;

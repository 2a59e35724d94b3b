-- A statement without anything that is a value, and without comments: constants are ?, lists of them "?, …", blanks one each. The body
-- of a DO block stays, without its values. What has neither quotes nor comments is read in a tenth of the time.
create or replace function ssot.statement_shape(query text) returns text
language sql immutable strict set search_path = pg_catalog, pg_temp as $f$
  select btrim(regexp_replace(regexp_replace(regexp_replace(
    case when strpos(query, '''') = 0 and strpos(query, '--') = 0 and strpos(query, '/*') = 0 and query !~ '[$][a-zA-Z_]*[$]'
         then regexp_replace(query, '[$][0-9]+|[[:<:]][0-9][[:alnum:]_.]*', '?', 'g')
         else (
           select string_agg(case when t.part[1] is not null then t.part[1] when t.part[2] is not null then ' '
                                  when t.part[3] is not null then '?' else t.part[4] end, '' order by t.place)
           from regexp_matches(
             coalesce((select 'do ' || coalesce(d.body[1], replace(d.body[2], '''''', ''''))
                       from regexp_match(query, '^(?:[[:space:]]|/[*](?:[^*]|[*]+[^*/])*[*]+/|--[^' || chr(10) || ']*)*do[[:>:]][^$'']*'
                              || '(?:[$](?:[a-z_][a-z0-9_]*)?[$](.*)[$](?:[a-z_][a-z0-9_]*)?[$]|''(.*)'')[[:space:];]*$', 'i') as d(body)
                       where d.body is not null), query),
             /* A quoted name; a comment; a constant; anything else. */
             '("(?:[^"]|"")*")|(/[*](?:[^*]|[*]+[^*/])*[*]+/|--[^' || chr(10) || ']*)'
             || '|([eE]''(?:[^''' || chr(92) || chr(92) || ']|''''|' || chr(92) || chr(92) || '.)*''|[bBxXnN]?''(?:[^'']|'''')*'''
             || '|[$](?:[a-zA-Z_][[:alnum:]_]*)?[$].*[$](?:[a-zA-Z_][[:alnum:]_]*)?[$]|[$][0-9]+|[.]?[0-9][[:alnum:]_.]*)'
             || '|((?:(?![eEbBxXnN]'')(?![0-9])[[:alnum:]_][[:alnum:]_$]*|[^"''/$[:alnum:]_.-]|[.](?![0-9])|/(?![*])|-(?!-))+|.)', 'g') with ordinality as t(part, place))
    end, '[[:space:]]{2,}|[' || chr(9) || '-' || chr(13) || ']', ' ', 'g'), '[?](?: ?, ?[?])+', '?, …', 'g'),
    '[)](?: ?, ?[(][?](?:, …)?[)])+', '), …', 'g'), ' ;');
$f$;

-- What a statement that names a deprecation's table does to the columns, as far as its words tell: who can read SQL says it better, see
-- ssot.reader_state. What an INSERT or UPDATE only writes is known by the witness. Words that do not stand in it at all are looked for first.
create or replace function ssot.judge_by_words(shape text, columns text[], views text[], out how text, out named text[], out through text)
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  words constant text := lower(shape);
  verb constant text := substring(words from '^[ (]*([[:alnum:]_]+)');
  present constant text[] := array(select c from unnest(columns) as c where strpos(words, lower(c)) > 0 order by c);
  reading text := words;
begin
  if verb = 'insert' then reading := coalesce(substring(words from '[[:<:]](?:returning|select)[[:>:]].*$'), '');
  elsif verb = 'update' then reading := coalesce(substring(words from '[[:<:]](?:where|from|returning)[[:>:]].*$'), '');
  elsif verb = 'copy' and words ~ '[[:<:]]from (stdin|program|[?])' and words !~ '^copy [(]' then reading := '';
  end if;
  if present <> '{}' then
    named := array(select c from unnest(present) as c where reading ~ ssot.column_pattern(array[lower(c)]));
    if named <> '{}' then
      how := case when verb = 'do' then 'dynamic' when verb = 'copy' then 'copy'
                  when strpos(reading, 'returning') > 0
                   and substring(reading from '[[:<:]]returning[[:>:]].*$') ~* ssot.column_pattern(named) then 'returning' else 'reads' end;
      return;
    end if;
  end if;
  named := columns;
  if views <> '{}' then
    through := (select min(v) from unnest(views) as v
                where strpos(words, lower(substring(v from '[^.]+$'))) > 0 and words ~* ssot.column_pattern(array[substring(v from '[^.]+$')]));
  end if;
  if through is not null then how := 'view';
  elsif strpos(reading, '*') > 0 and reading ~ '([[:<:]](select|distinct|returning|table)|,|[.]) ?[*]'
     or verb = 'copy' and reading ~ '^copy [^(]*[[:<:]]to[[:>:]]' or verb = 'table' then how := 'select *';
  elsif reading ~ '->|#>|json|hstore' then how := 'dynamic';
  elsif present <> '{}' then how := 'writes'; named := present;
  else how := 'nothing'; named := '{}'; end if;
end
$$;

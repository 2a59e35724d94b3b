-- What a statement that names a deprecation's table does to the columns, as far as its words tell: who can read SQL says it better, see
-- ssot.reader_state. What an INSERT or UPDATE only writes is known by the witness.
create or replace function ssot.judge_by_words(shape text, columns text[], views text[], out how text, out named text[], out through text)
language plpgsql immutable set search_path = pg_catalog, pg_temp as $$
declare
  verb constant text := lower(substring(shape from '^[ (]*([[:alnum:]_]+)'));
  reading constant text := case
    when verb = 'insert' then coalesce(substring(shape from '(?i)[[:<:]](?:returning|select)[[:>:]].*$'), '')
    when verb = 'update' then coalesce(substring(shape from '(?i)[[:<:]](?:where|from|returning)[[:>:]].*$'), '')
    when verb = 'copy' and shape ~* '[[:<:]]from (stdin|program|[?])' and shape !~* '^copy [(]' then ''
    else shape end;
begin
  named := array(select c from unnest(columns) as c where reading ~* ssot.column_pattern(array[c]) order by c);
  through := (select min(v) from unnest(views) as v where shape ~* ssot.column_pattern(array[substring(v from '[^.]+$')]));
  if named <> '{}' then
    how := case when verb = 'do' then 'dynamic' when verb = 'copy' then 'copy'
                when coalesce(substring(shape from '(?i)[[:<:]]returning[[:>:]].*$'), '') ~* ssot.column_pattern(named) then 'returning' else 'reads' end;
    through := null;
    return;
  end if;
  named := columns;
  if through is not null then how := 'view';
  elsif reading ~* '([[:<:]](select|distinct|returning|table)|,|[.]) ?[*]|^copy [^(]*[[:<:]]to[[:>:]]|^[ (]*table[[:>:]]' then how := 'select *';
  elsif reading ~* '->|#>|json|hstore' then how := 'dynamic';
  elsif shape ~* ssot.column_pattern(columns) then
    how := 'writes';
    named := array(select c from unnest(columns) as c where shape ~* ssot.column_pattern(array[c]) order by c);
  else how := 'nothing'; named := '{}'; end if;
end
$$;

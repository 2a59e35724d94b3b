-- What else depends on the columns of a deprecation, by object and column: what PostgreSQL tracks, triggers that are told a column, and
-- bodies. A body counts by its text, unless a verdict over this very text (its fingerprint) says what it names: nothing, or which in
-- what line. verdicts: {"<key of ssot.phase3_bodies>": {"fingerprint": …, "mentions": [{"column", "detail", "certainty"}]}}.
create or replace function ssot.phase3_dependents(migration text default '20260209000400_mark_deprecated', verdicts jsonb default '{}')
returns table (code text, kind text, name text, column_name text, detail text, certainty text)
language plpgsql stable set search_path = '' as $$
declare
  about record;
  going text[];
begin
  select x.* into about from ssot.deprecation(phase3_dependents.migration) as x;
  going := ssot.triggers_that_go(phase3_dependents.migration);
  return query select t.* from ssot.tracked_dependents(phase3_dependents.migration) as t;
  /* What a trigger's function is told to look at. */
  return query
    select 'dependent', 'trigger', format('%I on %s', t.tgname, t.tgrelid::regclass), c.col, 'gives ' || c.col || ' to its function', 'text'
    from pg_catalog.pg_trigger as t cross join unnest(about.columns) as c(col)
    where t.tgrelid = any (about.parts) and t.tgparentid = 0
      and not t.tgisinternal and t.tgname <> all (going)
      and substring(pg_get_triggerdef(t.oid) from 'EXECUTE FUNCTION.*$') ~* ('[(,].*[^a-z0-9_]' || ssot.as_pattern(c.col) || '($|[^a-z0-9_])')
    order by 3, 4;
  return query
    select b.code, b.kind, b.name, m.col, m.detail, m.certainty
    from ssot.phase3_bodies(phase3_dependents.migration) as b
    cross join lateral (
      select v ->> 'column' as col, v ->> 'detail' as detail, v ->> 'certainty' as certainty
      from jsonb_array_elements(verdicts -> b.key -> 'mentions') as v
      where verdicts -> b.key ->> 'fingerprint' = b.fingerprint
      union all
      select c.col, 'names ' || c.col, 'text'
      from unnest(about.columns) as c(col)
      where verdicts -> b.key ->> 'fingerprint' is distinct from b.fingerprint and b.body ~* ssot.column_pattern(array[c.col])
    ) as m
    order by 1, 3, 4;
end
$$;

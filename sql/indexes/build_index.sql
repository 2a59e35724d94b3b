-- The statements that build an index while its table is written, for \gexec: CONCURRENTLY. A partitioned table takes that
-- on its leaves only; its own index becomes valid when the last of theirs is attached. What an interrupted build left
-- valid there is used, unless everything is to be built afresh.
create or replace function ssot.build_index(index_name text, definition text, afresh boolean) returns setof text
language plpgsql as $$
declare
  head text := substring(definition from '^CREATE (?:UNIQUE )?INDEX');
  tab regclass := substring(definition from ' ON (?:ONLY )?(public[.](?:calls|contacts)) ');
  tail text := substring(definition from ' USING .*$');
begin
  return query
    select s.statement
    from (
      select 1 as place, p.depth, p.path, format('%s %I on only %s%s', head, p.name, p.part_of, tail) as statement
      from ssot.index_parts(index_name, tab) as p where not p.is_leaf and (afresh or p.valid is null)
      union all
      select 2, 0, p.path, format('drop index concurrently %s', p.path)
      from ssot.index_parts(index_name, tab) as p where p.is_leaf and not p.attached and not afresh and not p.valid
      union all
      select 3, 0, p.path, format('%s concurrently %I on %s%s', head, p.name, p.part_of, tail)
      from ssot.index_parts(index_name, tab) as p where p.is_leaf and (afresh or not p.attached and p.valid is not true)
      union all
      select 4, -p.depth, p.path, format('alter index %s attach partition %s', p.parent, p.path)
      from ssot.index_parts(index_name, tab) as p where p.depth > 0 and (afresh or not p.attached)
    ) as s
    order by s.place, s.depth, s.path;
  if not found then
    return next overlay(definition placing ' index concurrently ' from position(' INDEX ' in definition) for 7);
  end if;
end
$$;

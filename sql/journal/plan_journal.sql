-- Plans a change: a journal row for each row of "query" (place: what the order goes by, id, old, new, rescued), after those that
-- are planned already. Returns how many. Of a table that was never analysed, or changed much since, the planner takes many rows
-- for a few and would compare each with each: it may only hash. A query joins by one key after the other, each step fenced with
-- "offset 0": else it would join all of an organisation, or of a country, before it looks at the number.
create or replace function ssot.plan_journal(t ssot.task, query text) returns bigint
language plpgsql set enable_nestloop = off set enable_mergejoin = off as $$
declare
  n bigint;
begin
  execute format(
    'insert into ssot.journal (task, seq, id, old, new, rescued)
     select $1, $2 + row_number() over (order by q.place), q.id, q.old, q.new, q.rescued from (%s) as q', query)
  using t.task, t.planned;
  get diagnostics n = row_count;
  update ssot.task as x set planned = t.planned + n where x.task = t.task;
  perform ssot.index_journal(t.task);
  return n;
end
$$;

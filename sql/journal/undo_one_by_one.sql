-- The same row by row, where the old value of one is taken meanwhile.
create or replace function ssot.undo_one_by_one(t ssot.task, seqs bigint[], out n bigint, out restored bigint, out kept bigint)
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  path constant text := ssot.trigger_path();
  type_name constant text := ssot.column_type(t.relation::regclass, t.column_name);
  j ssot.journal;
  hit bigint;
  is_taken boolean;
  is_so boolean;
begin
  n := 0; restored := 0; kept := 0;
  for j in execute format('with tail as (delete from ssot.journal as j where j.task = %L and j.seq = any ($1) returning j.*)
                           select * from tail as x order by x.seq desc', t.task) using seqs loop
    n := n + 1;
    is_taken := false;
    begin
      execute format('update %1$s as r set %2$I = $1::%3$s from pg_catalog.set_config(''search_path'', $4, true) as opened(path)
                      where opened.path is not null and r.id = $2 and r.%2$I is not distinct from $3::%3$s
                      returning r.%2$I is not distinct from $1::%3$s', t.relation, t.column_name, type_name)
        into is_so using j.old, j.id, j.new, path;
      get diagnostics hit = row_count;
      perform pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
    exception when unique_violation then
      hit := 0;
      is_taken := true;
    end;
    if hit = 0 and not is_taken then
      execute format('select not exists (select from %1$s where id = $1 and %2$I is not distinct from $2::%3$s)', t.relation, t.column_name, type_name)
        into is_so using j.id, j.new;
    end if;
    perform ssot.refuse_unwritten(t.relation::regclass, (not is_so and not is_taken)::integer, 'UPDATE');
    restored := restored + hit;
    if hit = 0 then
      execute format('insert into ssot.unrestored (relation, row_key, column_name, original, reason)
                      select %1$L, jsonb_build_object(''id'', $1), %2$L, $2, ''changed since, or its value is taken''
                      from %1$s where id = $1 and %2$I is distinct from $2::%3$s', t.relation, t.column_name, type_name)
        using j.id, j.old;
      get diagnostics hit = row_count;
      kept := kept + hit;
    end if;
  end loop;
end
$$;

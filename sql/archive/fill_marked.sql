-- In the swap: the rows that came to need their fill since the copy passed them.
create or replace function ssot.fill_marked(migration text) returns void
language plpgsql as $$
declare
  f constant text := (select a.fill from ssot.archive as a where a.migration = fill_marked.migration);
begin
  execute format('select %s($1)', f) using array(select m.id from ssot.archive_mark as m where m.migration = fill_marked.migration);
end
$$;

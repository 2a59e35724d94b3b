-- The statements of a long change, for \gexec: "work" (a call, with %s for the rows after which it stops for now) in portions
-- of a fiftieth of the table, and VACUUM after each. A page that was written is off the visibility map until then, and whoever
-- counts rows by an index has to visit each of them: ten times slower for everybody, once it is so all over the table, until an
-- autovacuum comes. VACUUM blocks nothing, and leaves out a table that another has. A small table, and a few changes, are left to
-- the autovacuum. Where nothing commits by itself, which takes no VACUUM, one statement does all.
-- set ssot.portion: so many rows a portion.
create or replace function ssot.in_portions(work text, tab regclass, planned bigint, commits boolean) returns setof text
language plpgsql as $$
declare
  said constant text := current_setting('ssot.portion', true);
  size constant bigint := ssot.table_size(tab);
  portion bigint := case when said ~ '^[1-9][0-9]{0,9}$' then said::bigint end;
begin
  if portion is null and size >= 64 * 1024 * 1024 and planned >= size / 8192 / 100 then
    portion := ceil(greatest(ssot.table_rows(tab), planned) / 50.0);
  end if;
  if portion is not null and commits then
    for n in 1 .. ceil(coalesce(planned, 0) / portion::numeric) loop
      return next format(work, portion);
      return next format('select ssot.end_autovacuum(%L)', tab);
      return next format('vacuum (skip_locked, truncate off, parallel 0) %s', tab);
    end loop;
  end if;
  return next format(work, 'null');
end
$$;

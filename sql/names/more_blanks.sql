-- The blanks that [[:space:]] leaves out in one locale or another: no-break, zero-width and ideographic ones.
create or replace function ssot.more_blanks() returns text
language sql stable as $$
  select case when pg_catalog.getdatabaseencoding() = 'UTF8' then
    chr(160) || chr(8199) || chr(8203) || chr(8239) || chr(8288) || chr(12288) || chr(65279) else '' end;
$$;

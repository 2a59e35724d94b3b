-- Takes the view of live names down before a drop of columns, as the statements that make it again without them: ours as it is made, and
-- one that somebody has changed without the lines that select them. What hung on them is kept for the way back.
create or replace function ssot.narrow_view(migration text, gone text[]) returns void
language plpgsql as $$
declare
  v constant regclass := 'public.calls_with_caller_names';
  ours constant boolean := exists (select from ssot.object as o where o.stage = 'former' and o.kind = 'view' and o.outcome <> 'kept' and o.made = ssot.view_text());
begin
  perform ssot.note_object(migration, 'narrowed view', 'calls_with_caller_names', 'replaced', case when not ours then ssot.view_text() end);
  perform ssot.note_object(migration, 'narrowed column', s.name || ' ' || s.attnum || ' ' || md5(s.statement), 'replaced', s.statement)
  from ssot.view_column_ddl(v) as s where s.name = any (gone);
  perform ssot.note_object(migration, 'narrowed column', g::text, 'replaced',
    format('grant %s (%I) on %s to %s%s', g ->> 'privilege', g ->> 'column', v, coalesce(quote_ident(g ->> 'grantee'), 'public'),
           case when (g ->> 'grantable')::boolean then ' with grant option' else '' end))
  from jsonb_array_elements(ssot.grants_of(v)) as g where g ->> 'column' = any (gone);
  insert into ssot.object (migration, stage, kind, name, undo)
  values (narrow_view.migration, 'view', 'view', v::text,
          ssot.view_ddl(v, case when ours then ssot.calls_view() else (select j.remainder from ssot.judge_view() as j) end, gone));
  perform ssot.take_view_down(migration);
end
$$;

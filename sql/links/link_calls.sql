-- Plans the links, unless planned ones are left, and gives the statements that link, for \gexec.
create or replace function ssot.link_calls(migration text, commits boolean) returns setof text
language plpgsql as $$
declare
  n bigint := (select t.planned - t.done from ssot.task as t where t.task = 'calls.contact_id');
begin
  if coalesce(n, 0) = 0 then n := ssot.plan_links(migration); end if;
  return query select ssot.in_portions(format('call ssot.apply_journal(%L, %s, %%s)', 'calls.contact_id', commits::text), 'public.calls', n, commits);
  return next format('call ssot.link_late_calls(%L, %s)', migration, commits::text);
end
$$;

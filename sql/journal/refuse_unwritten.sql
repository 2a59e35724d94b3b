-- Stops where rows that we hold did not take what we did to them: a BEFORE trigger of somebody's returned null, or put another value in.
create or replace function ssot.refuse_unwritten(tab regclass, n bigint, event text) returns void
language plpgsql as $$
declare
  who text;
begin
  if coalesce(n, 0) = 0 then return; end if;
  select string_agg(format('trigger %I', t.tgname), ', ' order by t.tgname) into who
  from pg_catalog.pg_trigger as t join pg_catalog.pg_proc as p on p.oid = t.tgfoid
  where (t.tgrelid = tab or t.tgrelid in (select d.relid from pg_partition_tree(tab) as d)) and not t.tgisinternal and t.tgenabled <> 'D'
    and t.tgparentid = 0 and (t.tgtype & 3) = 3 and (t.tgtype & case event when 'INSERT' then 4 when 'UPDATE' then 16 else 8 end) <> 0
    and p.pronamespace <> 'ssot'::regnamespace;
  raise exception '% keeps % rows of % from taking the % of this step', coalesce(who, 'something'), n, tab, event
    using errcode = 'triggered_action_exception', hint = 'Disable it for the run.';
end
$$;

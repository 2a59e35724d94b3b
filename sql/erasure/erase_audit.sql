-- The audit references a plain calls; a partitioned one has no key on id alone: there the reference is emptied here. Call by call,
-- as a reference does it: each blanks rows that another one's update would meet.
create or replace function ssot.erase_audit(deleted_from text, ids uuid[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  audit constant regclass := ssot.audit_table();
  call_id uuid;
begin
  if deleted_from <> 'public.calls' or audit is null or not exists (select from pg_partition_tree('public.calls')) then return; end if;
  foreach call_id in array ids loop
    execute format('update %s set call_id = null where call_id = $1', audit) using call_id;
  end loop;
end
$$;

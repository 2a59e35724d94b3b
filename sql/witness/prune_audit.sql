-- Deletes at most "most" audit rows past that, none that somebody else is deleting.
create or replace function ssot.prune_audit(most integer) returns bigint
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  audit regclass;
  n bigint := 0;
  of_this bigint;
begin
  for audit in select x.audit from (values ('ssot.column_audit'::regclass), (ssot.audit_table())) as x(audit) where x.audit is not null loop
    execute format(
      'delete from %1$s where ctid = any (array(
         select a.ctid from %1$s as a
         where a.detected_at < ssot.evidence_from() order by a.detected_at limit $1 for update skip locked))', audit)
    using most;
    get diagnostics of_this = row_count;
    n := n + of_this;
  end loop;
  delete from ssot.deprecated_write where ctid = any (array(
    select w.ctid from ssot.deprecated_column as d
    join ssot.deprecated_write as w on w.relation = d.relation and w.column_name = d.column_name
    where w.written_at < now() - interval '1 day'
      and exists (select from ssot.deprecated_write as later
                  where later.relation = w.relation and later.column_name = w.column_name and later.written_at > w.written_at)
    limit most for update of w skip locked));
  return n;
end
$$;

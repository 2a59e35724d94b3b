-- Applies rows (t.done, to_seq] of a task's journal. A row that is no longer as it was planned is left alone and leaves the
-- journal, so that a rollback will not touch it either. Returns the rows changed.
create or replace function ssot.apply_batch(t ssot.task, to_seq bigint) returns bigint
language plpgsql as $$
declare
  type_name constant text := ssot.column_type(t.relation::regclass, t.column_name);
  changed bigint;
begin
  loop
    begin
      execute format(
        'with done as (
           update %1$s as r set %2$I = j.new::%3$s
           from ssot.journal as j
           where j.task = %4$L and j.seq > $1 and j.seq <= $2 and r.id = j.id and r.%2$I is not distinct from j.old::%3$s
           returning j.seq
         ), missed as (
           delete from ssot.journal as j
           where j.task = %4$L and j.seq > $1 and j.seq <= $2 and not exists (select from done as d where d.seq = j.seq)
         )
         select count(*) from done', t.relation, t.column_name, type_name, t.task)
      into changed using t.done, to_seq;
      return changed;
    exception when foreign_key_violation then
      /* A contact of this batch was deleted meanwhile: its rows leave the plan, the others go on. */
      delete from ssot.journal as j
      where j.task = t.task and j.seq > t.done and j.seq <= to_seq
        and not exists (select from public.contacts as k where k.id = j.new::uuid);
    when unique_violation then
      /* Somebody made a contact with a number that one of these was to get: it leaves the plan, to be merged first. */
      delete from ssot.journal as j using public.contacts as k, public.contacts as other
      where j.task = t.task and j.seq > t.done and j.seq <= to_seq and k.id = j.id
        and other.org_id = k.org_id and other.id <> k.id and other.phone = j.new;
      get diagnostics changed = row_count;
      if changed = 0 then raise; end if;
    end;
  end loop;
end
$$;

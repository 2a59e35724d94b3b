-- Gives a survivor its own values back, all that nobody changed since, and tells how many. Engine 1 had a row of the journal for each column.
create or replace function ssot.undo_fill(migration text, j ssot.journal, path text) returns bigint
language plpgsql as $$
declare
  contact constant uuid := (j.key ->> 'id')::uuid;
  was constant jsonb := case when j.column_name is null then j.image -> 'old' else jsonb_build_object(j.column_name, j.old) end;
  filled constant jsonb := case when j.column_name is null then j.image -> 'new' else jsonb_build_object(j.column_name, j.new) end;
  present jsonb;
  back jsonb;
  why text := 'a trigger writes another value';
  c text;
begin
  execute (select format('select %s from public.contacts as k where k.id = $1 for update', ssot.row_as_text('k', array_agg(f.col::name)))
           from jsonb_object_keys(filled) as f(col)) into present using contact;
  if present is null then return 0; end if;
  select jsonb_object_agg(e.key, e.value) into back from jsonb_each(was) as e where present -> e.key = filled -> e.key;
  if back is not null then
    begin
      present := present || ssot.set_contact(contact, back, path);
    exception when integrity_constraint_violation then
      why := 'a rule of the table refuses it by now';
    end;
  end if;
  for c in select e.key from jsonb_each(was) as e where present -> e.key <> e.value loop
    insert into ssot.unrestored (relation, row_key, column_name, original, reason)
    values (j.relation, j.key, c, was ->> c, case when back ? c then why else 'changed since' end);
    perform ssot.add_tally(migration, 'contactValues', 1, 'kept');
  end loop;
  return (select count(*) from jsonb_each(back) as e where present -> e.key = e.value);
end
$$;

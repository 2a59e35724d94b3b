-- Writes what a survivor takes over, with its undo. Where a rule of the table refuses all of it together, the opt-outs go first, which
-- must not be lost, and of the rest each column that is not refused.
create or replace function ssot.fill_contact(contact uuid, was jsonb, becomes jsonb, rules jsonb, path text) returns void
language plpgsql as $$
declare
  opt_outs constant jsonb := (select jsonb_object_agg(e.key, e.value) from jsonb_each(becomes) as e where rules ? e.key);
  written jsonb;
  c text;
begin
  if becomes = '{}' then return; end if;
  begin
    written := ssot.set_contact(contact, becomes, path);
  exception when integrity_constraint_violation then
    written := coalesce(case when opt_outs is not null then ssot.set_contact(contact, opt_outs, path) end, '{}');
    for c in select e.key from jsonb_each(becomes) as e where not rules ? e.key loop
      begin
        written := written || ssot.set_contact(contact, jsonb_build_object(c, becomes ->> c), path);
      exception when integrity_constraint_violation then null;
      end;
    end loop;
  end;
  if written ? 'name' then
    /* A placeholder that was replaced before this duplicate arrived: its original is in the journal of names. */
    update ssot.journal as x set new = written ->> 'name'
    where x.task = 'contacts.name' and x.new = was ->> 'name'
      and x.seq = (select max(y.seq) from ssot.journal as y where y.task = 'contacts.name' and y.id = contact);
    if found then written := written - 'name'; end if;
  end if;
  if written = '{}' then return; end if;
  perform ssot.journal_merge('fill', 'public.contacts', jsonb_build_object('id', contact), null, null, null, jsonb_build_object(
    'old', (select jsonb_object_agg(k.col, was ->> k.col) from jsonb_object_keys(written) as k(col)), 'new', written));
end
$$;

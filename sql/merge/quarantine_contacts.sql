-- Sets contacts aside whose number cannot be read. References that may be empty are emptied and journaled.
create or replace procedure ssot.quarantine_contacts(migration text, on_unfixable_phone text, commits boolean)
language plpgsql as $$
declare
  ids uuid[];
  r record;
  held bigint;
  path text;
  started timestamptz;
begin
  if on_unfixable_phone is distinct from 'quarantine' then return; end if;
  loop
    started := clock_timestamp();
    select array_agg(u.id) into ids
    from (select f.id from ssot.unfixable_contacts() as f order by f.id limit least(100, ssot.next_batch_size(100, null))) as u;
    exit when ids is null;
    path := ssot.trigger_path();
    perform from public.contacts where id = any (ids) order by id for update;
    for r in select * from ssot.contact_reference where not_null or cascades order by rel loop
      execute format('select count(*) from %s where %I = any ($1)', r.rel, r.col) into held using ids;
      if held > 0 then
        raise exception 'contacts with an unreadable number are referenced by % (%), which cannot be emptied', r.rel, r.constraint_name
          using errcode = 'SS001', hint = 'Give these contacts a number in E.164, then run again.';
      end if;
    end loop;
    perform ssot.move_references(ids, array_fill(null::uuid, array[cardinality(ids)]), path);
    execute format('insert into ssot.contact_quarantine (id, org_id, image)
                    select k.id, k.org_id, ssot.original_image(k.id, %s) from public.contacts as k where k.id = any ($1)',
                   ssot.row_as_text('k', ssot.contact_columns())) using ids;
    perform ssot.journal_merge('quarantine', 'public.contacts', jsonb_build_object('id', q.id), null, null, null) from unnest(ids) as q(id);
    perform ssot.delete_contacts(ids, path);
    perform ssot.add_tally(migration, 'contactsQuarantined', cardinality(ids));
    perform ssot.before_commit(commits);
    if commits then commit; end if;
    call ssot.wait_for_turn(commits, clock_timestamp() - started);
  end loop;
end
$$;

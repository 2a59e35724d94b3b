-- Merges plan rows (from_seq, to_seq]. Both sides are locked first, so that no reference to a duplicate can arrive in
-- between, and the duplicate goes only when nothing references it: no ON DELETE action ever fires.
create or replace function ssot.merge_batch(from_seq bigint, to_seq bigint) returns bigint
language plpgsql as $$
declare
  path constant text := ssot.trigger_path();
  duplicates uuid[];
  survivors uuid[];
  fills boolean[];
  columns constant name[] := ssot.contact_columns();
  rules constant jsonb := ssot.merge_rules();
  duplicate jsonb;
  survivor jsonb;
begin
  perform from public.contacts where id in (select p.survivor from ssot.merge_plan as p where p.seq > from_seq and p.seq <= to_seq)
    order by id for no key update;
  perform from public.contacts where id in (select p.duplicate from ssot.merge_plan as p where p.seq > from_seq and p.seq <= to_seq)
    order by id for update;
  /* What changed since the plan was made is left for the next plan. One that is gone fills nothing in one that lives. */
  execute format(
    'select coalesce(array_agg(p.duplicate order by p.seq), ''{}''), coalesce(array_agg(p.survivor order by p.seq), ''{}''),
            coalesce(array_agg(%1$s = %2$s order by p.seq), ''{}'')
     from ssot.merge_plan as p
     join public.contacts as d on d.id = p.duplicate and d.phone = p.duplicate_phone
     join public.contacts as s on s.id = p.survivor and s.phone = p.survivor_phone and s.org_id = d.org_id
     where p.seq > $1 and p.seq <= $2 and (%1$s or not %2$s)', ssot.is_dead('d'), ssot.is_dead('s'))
  into duplicates, survivors, fills using from_seq, to_seq;
  perform ssot.move_references(duplicates, survivors, path);
  for i in 1 .. cardinality(duplicates) loop
    execute format('select %s from public.contacts as k where id = $1', ssot.row_as_text('k', columns)) into duplicate using duplicates[i];
    perform ssot.journal_merge('delete', 'public.contacts', jsonb_build_object('id', duplicates[i]), null, null, null,
                               ssot.original_image(duplicates[i], duplicate));
    perform ssot.delete_contacts(array[duplicates[i]], path);
    execute format('select %s from public.contacts as k where id = $1', ssot.row_as_text('k', columns)) into survivor using survivors[i];
    perform ssot.fill_contact(survivors[i], survivor, ssot.taken_over(survivors[i], survivor, duplicate, rules, fills[i]), rules, path);
  end loop;
  return cardinality(duplicates);
end
$$;

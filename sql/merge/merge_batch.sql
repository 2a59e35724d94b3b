-- Merges plan rows (from_seq, to_seq]. Both sides are locked first, so that no reference to a duplicate can arrive in
-- between, and the duplicate goes only when nothing references it: no ON DELETE action ever fires.
create or replace function ssot.merge_batch(from_seq bigint, to_seq bigint) returns bigint
language plpgsql as $$
declare
  duplicates uuid[];
  survivors uuid[];
  columns name[] := ssot.contact_columns();
  duplicate jsonb;
  survivor jsonb;
  c name;
begin
  perform from public.contacts where id in (select p.survivor from ssot.merge_plan as p where p.seq > from_seq and p.seq <= to_seq)
    order by id for no key update;
  perform from public.contacts where id in (select p.duplicate from ssot.merge_plan as p where p.seq > from_seq and p.seq <= to_seq)
    order by id for update;
  /* What changed since the plan was made is left for the next plan. */
  select coalesce(array_agg(p.duplicate order by p.seq), '{}'), coalesce(array_agg(p.survivor order by p.seq), '{}')
  into duplicates, survivors
  from ssot.merge_plan as p
  join public.contacts as d on d.id = p.duplicate and d.phone = p.duplicate_phone
  join public.contacts as s on s.id = p.survivor and s.phone = p.survivor_phone and s.org_id = d.org_id
  where p.seq > from_seq and p.seq <= to_seq;
  perform ssot.move_references(duplicates, survivors);
  for i in 1 .. cardinality(duplicates) loop
    execute format('select %s from public.contacts as k where id = $1', ssot.row_as_text('k', columns)) into duplicate using duplicates[i];
    perform ssot.journal_merge('delete', 'public.contacts', jsonb_build_object('id', duplicates[i]), null, null, null,
                               ssot.original_image(duplicates[i], duplicate));
    perform ssot.delete_contacts(array[duplicates[i]]);
    execute format('select %s from public.contacts as k where id = $1', ssot.row_as_text('k', columns)) into survivor using survivors[i];
    foreach c in array columns loop
      continue when c in ('id', 'org_id', 'phone', 'created_at', 'updated_at') or duplicate ->> c is null;
      continue when case when c = 'name' then not ssot.is_placeholder(survivor ->> c) or ssot.is_placeholder(duplicate ->> c)
                         else survivor ->> c is not null end;
      continue when duplicate ->> c = survivors[i]::text;  /* never its own referrer */
      perform ssot.set_contact(survivors[i], c, duplicate ->> c);
      if c = 'name' then
        /* A placeholder that was replaced before this duplicate arrived: its original is in the journal of names. */
        update ssot.journal as x set new = duplicate ->> c
        where x.task = 'contacts.name' and x.new = survivor ->> c
          and x.seq = (select max(y.seq) from ssot.journal as y where y.task = 'contacts.name' and y.id = survivors[i]);
        continue when found;
      end if;
      perform ssot.journal_merge('fill', 'public.contacts', jsonb_build_object('id', survivors[i]), c, survivor ->> c, duplicate ->> c);
    end loop;
  end loop;
  return cardinality(duplicates);
end
$$;

-- A contact that goes, as it was before its phone was normalised and its name replaced; these changes leave their journals and
-- their counts, since nothing could undo them there any more. Only one that arrived late went through them before it is merged.
create or replace function ssot.original_image(contact uuid, image jsonb) returns jsonb
language plpgsql as $$
declare
  was record;
begin
  select (array_agg(x.old order by x.seq))[1] as old, (array_agg(x.new order by x.seq desc))[1] as new into was
  from ssot.journal as x
  where x.task = 'contacts.phone' and x.id = contact and x.seq <= (select t.done from ssot.task as t where t.task = 'contacts.phone');
  if was.new = image ->> 'phone' then image := image || jsonb_build_object('phone', was.old); end if;
  select (array_agg(x.old order by x.seq))[1] as old, (array_agg(x.new order by x.seq desc))[1] as new into was
  from ssot.journal as x
  where x.task = 'contacts.name' and x.id = contact and x.seq <= (select t.done from ssot.task as t where t.task = 'contacts.name');
  if was.new = image ->> 'name' then image := image || jsonb_build_object('name', was.old); end if;
  for was in
    with gone as (delete from ssot.journal as x where x.task in ('contacts.phone', 'contacts.name') and x.id = contact returning x.task, x.seq)
    select t.migration, t.effect, t.task, count(*) as n from gone as g join ssot.task as t on t.task = g.task and g.seq <= t.done
    group by t.migration, t.effect, t.task order by t.task
  loop
    perform ssot.add_tally(was.migration, was.effect, -was.n), ssot.add_tally(was.migration, was.task, -was.n);
  end loop;
  return image;
end
$$;

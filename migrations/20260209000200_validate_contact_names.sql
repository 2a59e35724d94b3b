-- Makes contacts trustworthy: one contact a number and organisation, numbers in E.164, names that are names.
--
-- Order matters. Duplicates are merged before numbers are normalised (a unique constraint that exists already would
-- refuse the second spelling), names are cleaned after the merge (a real name beats a placeholder), and each
-- constraint is first NOT VALID, so that no scan happens under an exclusive lock. Every change is journaled.
--
-- Phase: 1
--
-- With psql alone:  psql -v ON_ERROR_STOP=1 -f FILE               applies
--                   psql -v ON_ERROR_STOP=1 -v down=1 -f FILE     takes it back

-- Up Migration
\if :{?down}
\else
set timezone = 'UTC';
set search_path = '';
set lock_timeout = '1s';
set statement_timeout = 0;
set work_mem = '64MB';
set jit = off;

-- step: helpers
-- lock: none on your tables
-- blocks: nothing
begin;
-- The blanks that [[:space:]] leaves out in one locale or another: no-break, zero-width and ideographic ones.
create or replace function ssot.more_blanks() returns text
language sql stable as $$
  select case when pg_catalog.getdatabaseencoding() = 'UTF8' then
    chr(160) || chr(8199) || chr(8203) || chr(8239) || chr(8288) || chr(12288) || chr(65279) else '' end;
$$;

-- The two rules, in one place. They call no function of ours, so that the constraints stand on their own.
-- A phone-like name is refused, save the contact's own number: that is what an unnamed contact is called.
-- Two characters at least, or one outside ASCII (a single Chinese character is a name).
create or replace function ssot.name_rule() returns text
language sql stable as $$
  select format('name is not null
    and octet_length(btrim(name)) >= 2
    and name !~ ''^[[:space:]%1$s]*[!-~]?[[:space:]%1$s]*$''
    and name !~* ''^[[:space:]%1$s]*unknown[[:space:]%1$s]*(caller)?[[:space:]%1$s]*$''
    and (name = phone or name !~* ''^[[:space:]%1$s]*(tel:)?[-+0-9()./[:space:]%1$s%2$s]+$'')',
    ssot.more_blanks(),
    /* Hyphens, dashes, minus. */
    case when ssot.more_blanks() <> '' then
      chr(8208) || chr(8209) || chr(8210) || chr(8211) || chr(8212) || chr(8213) || chr(8722) else '' end);
$$;

create or replace function ssot.phone_rule() returns text
language sql immutable as $$
  select 'phone ~ ''^[+][1-9][0-9]{1,14}$''';
$$;

-- No name at all, or only something that stands for one: what the name rule refuses, and any phone number.
do $$
begin
  execute format(
    'create or replace function ssot.is_placeholder(name text) returns boolean language sql immutable parallel safe as %L',
    format('select (%s) is not true', replace(ssot.name_rule(), 'name = phone or ', '')));
end
$$;

-- Every foreign key that references contacts, from the catalog. "col" is the column that holds the contact's id;
-- it is null where the key references something else, which neither a merge nor a new number can follow.
create or replace view ssot.contact_reference as
select k.conname as constraint_name,
       format('%I.%I', n.nspname, r.relname) as rel,
       r.oid as relid,
       case when not exists (
         select from unnest(k.conkey, k.confkey) as m(here, there)
         where m.there <> i.attnum and m.there <> (select o.attnum from pg_catalog.pg_attribute as o
                                                   where o.attrelid = k.confrelid and o.attname = 'org_id')
       ) then a.attname end as col,
       coalesce(a.attnotnull, true) as not_null,
       k.confdeltype = 'c' as cascades
from pg_catalog.pg_constraint as k
join pg_catalog.pg_class as r on r.oid = k.conrelid
join pg_catalog.pg_namespace as n on n.oid = r.relnamespace
join pg_catalog.pg_attribute as i on i.attrelid = k.confrelid and i.attname = 'id'
left join lateral (
  select m.here from unnest(k.conkey, k.confkey) as m(here, there) where m.there = i.attnum
) as own on true
left join pg_catalog.pg_attribute as a on a.attrelid = k.conrelid and a.attnum = own.here
where k.contype = 'f' and k.confrelid = 'public.contacts'::regclass and k.conparentid = 0 and n.nspname <> 'ssot';

create table if not exists ssot.journal_contacts_phone     (seq bigint primary key, id uuid not null, old text, new text);
create table if not exists ssot.journal_contacts_name      (seq bigint primary key, id uuid not null, old text, new text, rescued boolean not null);
create table if not exists ssot.journal_calls_phone_number (seq bigint primary key, id uuid not null, old text, new text);

-- Who is merged into whom. A duplicate stands after the newer ones of its group, so that the newest fills first.
create table if not exists ssot.merge_plan (
  seq             bigint primary key,
  duplicate       uuid not null,
  duplicate_phone text not null,
  survivor        uuid not null,
  survivor_phone  text not null
);

-- What merging and quarantine changed, in order: references pointed elsewhere, contacts deleted, fields filled.
-- "key" finds the row: its primary key, or all of its columns where the table has none. Values are text, exactly as
-- PostgreSQL prints and reads them.
create table if not exists ssot.merge_journal (
  seq   bigint generated always as identity primary key,
  kind  text not null check (kind in ('repoint', 'delete', 'fill', 'quarantine')),
  rel   text not null,
  key   jsonb not null,
  col   text,
  old   text,
  new   text,
  image jsonb
);

-- By which deletes find what they have to remove.
create index if not exists journal_contacts_phone_row on ssot.journal_contacts_phone (id);
create index if not exists journal_contacts_name_row on ssot.journal_contacts_name (id);
create index if not exists merge_plan_duplicate on ssot.merge_plan (duplicate);
create index if not exists merge_plan_survivor on ssot.merge_plan (survivor);
create index if not exists merge_journal_row on ssot.merge_journal ((key ->> 'id'));
create index if not exists merge_journal_old on ssot.merge_journal (old) where kind = 'repoint';
create index if not exists merge_journal_new on ssot.merge_journal (new) where kind = 'repoint';

-- Contacts whose number nobody can read, set aside on request.
create table if not exists ssot.contact_quarantine (
  id             uuid primary key,
  org_id         uuid not null,
  image          jsonb not null,
  quarantined_at timestamptz not null default now()
);

-- SQL for: the row "alias" of a table as column → text, over the given columns.
create or replace function ssot.row_as_text(alias text, columns name[]) returns text
language sql immutable as $$
  select format('jsonb_object(array[%s], array[%s])',
    (select string_agg(quote_literal(c), ', ' order by o) from unnest(columns) with ordinality as u(c, o)),
    (select string_agg(format('%s.%I::text', alias, c), ', ' order by o) from unnest(columns) with ordinality as u(c, o)));
$$;

-- The columns that find a row again: the primary key, else every column.
create or replace function ssot.key_columns(relid oid) returns name[]
language sql stable as $$
  select coalesce(
    (select array_agg(a.attname order by a.attnum)
     from pg_catalog.pg_index as x
     join pg_catalog.pg_attribute as a on a.attrelid = x.indrelid and a.attnum = any (x.indkey)
     where x.indrelid = relid and x.indisprimary),
    (select array_agg(a.attname order by a.attnum)
     from pg_catalog.pg_attribute as a
     where a.attrelid = relid and a.attnum > 0 and not a.attisdropped));
$$;

-- The columns of contacts that can be written back.
create or replace function ssot.contact_columns() returns name[]
language sql stable as $$
  select array_agg(a.attname order by a.attnum)
  from pg_catalog.pg_attribute as a
  where a.attrelid = 'public.contacts'::regclass and a.attnum > 0 and not a.attisdropped and a.attgenerated = '';
$$;

-- Points every reference from one contact to another (or to none), and journals each row.
create or replace function ssot.move_references(from_ids uuid[], to_ids uuid[]) returns void
language plpgsql as $$
declare
  r record;
  broken_constraint text;
  broken_table text;
begin
  for r in select * from ssot.contact_reference where col is not null order by rel, col, constraint_name loop
    execute format(
      'with moved as (
         update %1$s as r set %2$I = %5$s
         from unnest($1, $2) as m(old, new) where r.%2$I = m.old
         returning m.old, r.%2$I as new, %3$s as key
       )
       insert into ssot.merge_journal (kind, rel, key, col, old, new)
       select ''repoint'', %4$L, key, %2$L, old::text, new::text from moved',
      r.rel, r.col, ssot.row_as_text('r', ssot.key_columns(r.relid)), r.rel,
      /* A contact that its own duplicate referred has no referrer now, rather than itself. */
      case when r.relid = 'public.contacts'::regclass and not r.not_null then 'nullif(m.new, r.id)' else 'm.new' end)
    using from_ids, to_ids;
  end loop;
  for r in select * from ssot.contact_reference where col is not null order by rel, col, constraint_name loop
    execute format('select min(%1$I::text) from %2$s where %1$I = any ($1)', r.col, r.rel) into broken_table using from_ids;
    if broken_table is not null then
      raise exception 'contact % is still referenced by % (%)', broken_table, r.rel, r.constraint_name
        using errcode = 'SS002', hint = 'A trigger or policy there keeps the reference from being moved.';
    end if;
  end loop;
exception when unique_violation then
  get stacked diagnostics broken_constraint = constraint_name, broken_table = table_name;
  raise exception 'contacts cannot be merged: constraint % of table % allows the row once only', broken_constraint, broken_table
    using errcode = 'SS002', hint = 'Delete or change one of the two rows there, then run again.';
end
$$;

-- Plans the merge: contacts of one organisation with one number, into the oldest of them.
create or replace function ssot.plan_merges() returns bigint
language plpgsql as $$
declare
  base bigint;
  n bigint;
begin
  insert into ssot.task (task) values ('merge') on conflict do nothing;
  select planned into base from ssot.task where task = 'merge' for update;
  insert into ssot.merge_plan (seq, duplicate, duplicate_phone, survivor, survivor_phone)
  select base + row_number() over (order by g.survivor, g.created_at desc, g.id desc), g.id, g.phone, g.survivor, g.survivor_phone
  from (
    select k.id, k.phone, k.created_at,
           first_value(k.id) over same as survivor, first_value(k.phone) over same as survivor_phone,
           row_number() over same as place
    from (select c.*, coalesce(m.e164, c.phone) as number
          from public.contacts as c
          join (table ssot.org_country offset 0) as o on o.org_id = c.org_id
          left join ssot.phone_map as m on m.raw = c.phone and m.country = o.country
          where m.raw is null or m.e164 is not null) as k
    window same as (partition by k.org_id, k.number order by k.created_at, k.id)
  ) as g
  where g.place > 1;
  get diagnostics n = row_count;
  update ssot.task set planned = base + n where task = 'merge';
  return n;
end
$$;

-- A contact that goes, as it was before its phone was normalised and its name replaced; these changes leave their journals,
-- since nothing could undo them there any more. Only one that arrived late went through them before it is merged.
create or replace function ssot.original_image(contact uuid, image jsonb) returns jsonb
language plpgsql as $$
declare
  was record;
begin
  select (array_agg(x.old order by x.seq))[1] as old, (array_agg(x.new order by x.seq desc))[1] as new into was
  from ssot.journal_contacts_phone as x
  where x.id = contact and x.seq <= (select t.done from ssot.task as t where t.task = 'contacts.phone');
  if was.new = image ->> 'phone' then image := image || jsonb_build_object('phone', was.old); end if;
  select (array_agg(x.old order by x.seq))[1] as old, (array_agg(x.new order by x.seq desc))[1] as new into was
  from ssot.journal_contacts_name as x
  where x.id = contact and x.seq <= (select t.done from ssot.task as t where t.task = 'contacts.name');
  if was.new = image ->> 'name' then image := image || jsonb_build_object('name', was.old); end if;
  delete from ssot.journal_contacts_phone where id = contact;
  delete from ssot.journal_contacts_name where id = contact;
  return image;
end
$$;

-- Merges plan rows (from_seq, to_seq]. Both sides are locked first, so that no reference to a duplicate can arrive in
-- between, and the duplicate goes only when nothing references it: no ON DELETE action ever fires.
create or replace function ssot.merge_batch(from_seq bigint, to_seq bigint) returns bigint
language plpgsql as $$
declare
  duplicates uuid[];
  survivors uuid[];
  columns name[] := ssot.contact_columns();
  image jsonb;
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
    execute format('select %s from public.contacts as k where id = $1', ssot.row_as_text('k', columns)) into image using duplicates[i];
    insert into ssot.merge_journal (kind, rel, key, image)
    values ('delete', 'public.contacts', jsonb_build_object('id', duplicates[i]), ssot.original_image(duplicates[i], image));
    perform set_config('ssot.own_delete', 'yes', true);
    delete from public.contacts where id = duplicates[i];
    perform set_config('ssot.own_delete', '', true);
    execute format('select %s from public.contacts as k where id = $1', ssot.row_as_text('k', columns)) into survivor using survivors[i];
    foreach c in array columns loop
      continue when c in ('id', 'org_id', 'phone', 'created_at', 'updated_at') or image ->> c is null;
      continue when case when c = 'name' then not ssot.is_placeholder(survivor ->> c) or ssot.is_placeholder(image ->> c)
                         else survivor ->> c is not null end;
      continue when image ->> c = survivors[i]::text;  /* never its own referrer */
      perform ssot.set_contact(survivors[i], c, image ->> c);
      if c = 'name' then
        /* A placeholder that was replaced before this duplicate arrived: its original is in the journal of names. */
        update ssot.journal_contacts_name as x set new = image ->> c
        where x.seq = (select max(y.seq) from ssot.journal_contacts_name as y where y.id = survivors[i]) and x.new = survivor ->> c;
        continue when found;
      end if;
      insert into ssot.merge_journal (kind, rel, key, col, old, new)
      values ('fill', 'public.contacts', jsonb_build_object('id', survivors[i]), c, survivor ->> c, image ->> c);
    end loop;
  end loop;
  return cardinality(duplicates);
end
$$;

-- Writes one column of one contact from its text.
create or replace function ssot.set_contact(contact uuid, col name, value text) returns void
language plpgsql as $$
begin
  execute format('update public.contacts set %I = $1::%s where id = $2', col,
    (select format_type(a.atttypid, a.atttypmod) from pg_catalog.pg_attribute as a
     where a.attrelid = 'public.contacts'::regclass and a.attname = col))
  using value, contact;
end
$$;

create or replace procedure ssot.merge_contacts()
language plpgsql as $$
declare
  t ssot.task;
  upto bigint;
  told timestamptz := clock_timestamp();
  is_planned boolean := false;
begin
  loop
    select * into t from ssot.task where task = 'merge';
    if t.task is null or t.done >= t.planned then
      /* Only now: what an interrupted run had planned goes first, else a duplicate would be in two plans. */
      exit when is_planned;
      perform ssot.plan_merges();
      call ssot.commit_batch();
      is_planned := true;
      continue;
    end if;
    upto := least(t.done + least(100, ssot.next_batch_size(100, null)), t.planned);
    perform ssot.open_path();
    perform ssot.add_tally('contactsMerged', ssot.merge_batch(t.done, upto));
    update ssot.task set done = upto where task = 'merge';
    call ssot.commit_batch();
    told := ssot.tell_progress('contacts merged', upto, t.planned, told);
  end loop;
end
$$;

-- Sets contacts aside whose number cannot be read. References that may be empty are emptied and journaled.
create or replace procedure ssot.quarantine_contacts()
language plpgsql as $$
declare
  ids uuid[];
  r record;
  held bigint;
begin
  if coalesce(current_setting('ssot.on_unfixable_phone', true), '') <> 'quarantine' then return; end if;
  loop
    select array_agg(u.id) into ids from (select f.id from ssot.unfixable_contact as f order by f.id limit least(100, ssot.next_batch_size(100, null))) as u;
    exit when ids is null;
    perform ssot.open_path();
    perform from public.contacts where id = any (ids) order by id for update;
    for r in select * from ssot.contact_reference where not_null or cascades order by rel loop
      execute format('select count(*) from %s where %I = any ($1)', r.rel, r.col) into held using ids;
      if held > 0 then
        raise exception 'contacts with an unreadable number are referenced by % (%), which cannot be emptied', r.rel, r.constraint_name
          using errcode = 'SS001', hint = 'Give these contacts a number in E.164, then run again.';
      end if;
    end loop;
    perform ssot.move_references(ids, array_fill(null::uuid, array[cardinality(ids)]));
    execute format('insert into ssot.contact_quarantine (id, org_id, image)
                    select k.id, k.org_id, ssot.original_image(k.id, %s) from public.contacts as k where k.id = any ($1)',
                   ssot.row_as_text('k', ssot.contact_columns())) using ids;
    insert into ssot.merge_journal (kind, rel, key)
    select 'quarantine', 'public.contacts', jsonb_build_object('id', q) from unnest(ids) as q;
    perform set_config('ssot.own_delete', 'yes', true);
    delete from public.contacts where id = any (ids);
    perform set_config('ssot.own_delete', '', true);
    perform ssot.add_tally('contactsQuarantined', cardinality(ids));
    call ssot.commit_batch();
  end loop;
end
$$;

create or replace procedure ssot.normalise_contact_phones()
language plpgsql as $$
declare
  base bigint;
  n bigint;
begin
  insert into ssot.task (task) values ('contacts.phone') on conflict do nothing;
  select planned into base from ssot.task where task = 'contacts.phone' for update;
  insert into ssot.journal_contacts_phone (seq, id, old, new)
  select base + row_number() over (order by k.id), k.id, k.phone, m.e164
  from public.contacts as k
  join (table ssot.org_country offset 0) as o on o.org_id = k.org_id
  join ssot.phone_map as m on m.raw = k.phone and m.country = o.country and m.e164 <> k.phone;
  get diagnostics n = row_count;
  update ssot.task set planned = base + n where task = 'contacts.phone';
  call ssot.commit_batch();
  call ssot.apply_journal('contacts', 'phone', 'phonesNormalised');
  /* All others have their number now, so that few can meet the same again. */
  if exists (
    select from public.contacts as k
    join (table ssot.org_country offset 0) as o on o.org_id = k.org_id
    join ssot.phone_map as m on m.raw = k.phone and m.country = o.country and m.e164 <> k.phone
    join public.contacts as other on other.org_id = k.org_id and other.phone = m.e164
  ) then
    raise exception 'contacts arrived whose number others have in another spelling'
      using errcode = 'unique_violation', hint = 'Run again: they are merged then.';
  end if;
end
$$;

-- A placeholder gives way to the newest real name that an inbound call of the contact caught, else to the number.
create or replace procedure ssot.replace_placeholder_names()
language plpgsql as $$
declare
  base bigint;
  n bigint;
begin
  insert into ssot.task (task) values ('contacts.name') on conflict do nothing;
  select planned into base from ssot.task where task = 'contacts.name' for update;
  insert into ssot.journal_contacts_name (seq, id, old, new, rescued)
  select base + row_number() over (order by k.id), k.id, k.name, coalesce(r.caller_name, k.phone), r.caller_name is not null
  from public.contacts as k
  left join (
    select distinct on (c.contact_id) c.contact_id, btrim(c.caller_name) as caller_name
    from public.contacts as p
    join public.calls as c on c.contact_id = p.id and c.org_id = p.org_id
    where ssot.is_placeholder(p.name) and c.call_direction = 'inbound' and not ssot.is_placeholder(c.caller_name)
    order by c.contact_id, c.created_at desc, c.id desc
  ) as r on r.contact_id = k.id
  where ssot.is_placeholder(k.name) and k.name is distinct from coalesce(r.caller_name, k.phone);
  get diagnostics n = row_count;
  update ssot.task set planned = base + n where task = 'contacts.name';
  call ssot.commit_batch();
  call ssot.apply_journal('contacts', 'name', 'namesReplaced');
  insert into ssot.tally (direction, what, n) select 'migrate', 'namesRescued', count(*) from ssot.journal_contacts_name where rescued
  on conflict on constraint tally_pkey do update set n = excluded.n;
  call ssot.commit_batch();
end
$$;

create or replace function ssot.normalise_call_numbers() returns setof text
language plpgsql as $$
declare
  t ssot.task;
  stretch bigint := ssot.stretch_pages('public.calls');
  n bigint := 0;
begin
  insert into ssot.task (task) values ('calls.phone_number') on conflict do nothing;
  select * into t from ssot.task where task = 'calls.phone_number' for update;
  if t.done >= t.planned then
    insert into ssot.journal_calls_phone_number (seq, id, old, new)
    select t.planned + row_number() over (order by ssot.turn(c.ctid, stretch)), c.id, c.phone_number, m.e164
    from public.calls as c
    join (table ssot.org_country offset 0) as o on o.org_id = c.org_id
    join ssot.phone_map as m on m.raw = c.phone_number and m.country = o.country and m.e164 <> c.phone_number;
    get diagnostics n = row_count;
    update ssot.task set planned = t.planned + n where task = 'calls.phone_number';
    if to_regclass('ssot.journal_calls_phone_number_row') is null then
      create index journal_calls_phone_number_row on ssot.journal_calls_phone_number (id);
    end if;
  end if;
  return query select ssot.in_portions($call$ssot.apply_journal('calls', 'phone_number', 'phonesNormalised', %s)$call$,
                                      'public.calls', t.planned - t.done + n);
end
$$;

-- Undoes merges and quarantine from the tail, in the reverse order of what was done.
create or replace procedure ssot.undo_merges()
language plpgsql as $$
declare
  j ssot.merge_journal;
  total bigint;
  taken bigint := 0;
  n bigint;
  told timestamptz := clock_timestamp();
begin
  if to_regclass('ssot.merge_journal') is null then return; end if;
  select count(*) into total from ssot.merge_journal;
  call ssot.commit_batch();
  loop
    n := 0;
    perform ssot.open_path();
    set constraints all immediate;  /* what a deferred one refuses is to be known here, not at commit */
    for j in
      with tail as (
        delete from ssot.merge_journal where seq in (select seq from ssot.merge_journal order by seq desc limit least(200, ssot.next_batch_size(200, null))) returning *
      )
      select * from tail order by seq desc
    loop
      n := n + 1;
      perform case j.kind when 'repoint' then ssot.undo_repoint(j) when 'fill' then ssot.undo_fill(j) else ssot.undo_delete(j) end;
    end loop;
    exit when n = 0;
    call ssot.commit_batch();
    taken := taken + n;
    told := ssot.tell_progress('merges undone', taken, total, told);
  end loop;
  delete from ssot.task where task = 'merge';
  delete from ssot.merge_plan;
  call ssot.commit_batch();
end
$$;

create or replace function ssot.undo_repoint(j ssot.merge_journal) returns void
language plpgsql as $$
declare
  relid oid := to_regclass(j.rel);
  key_match text;
  found_row boolean;
  hit bigint := 0;
begin
  if relid is null then return; end if;
  select string_agg(
           case when exists (select from pg_catalog.pg_index as x where x.indrelid = relid and x.indisprimary)
                then format('r.%I = ($1 ->> %L)::%s', k, k, format_type(a.atttypid, a.atttypmod))
                else format('r.%I::text is not distinct from $1 ->> %L', k, k) end, ' and ')
  into key_match
  from unnest(ssot.key_columns(relid)) as k
  join pg_catalog.pg_attribute as a on a.attrelid = relid and a.attname = k;
  begin
    execute format('update %1$s set %2$I = $2::uuid where (tableoid, ctid) = (select r.tableoid, r.ctid from %1$s as r
                    where %3$s and r.%2$I is not distinct from $3::uuid limit 1)', j.rel, j.col, key_match)
    using j.key, j.old, j.new;
    get diagnostics hit = row_count;
  exception when foreign_key_violation or unique_violation then
    hit := 0;
  end;
  if hit > 0 then return; end if;
  execute format('select exists (select from %s as r where %s)', j.rel, key_match) into found_row using j.key;
  if found_row then
    insert into ssot.unrestored (relation, row_key, column_name, original, reason)
    values (j.rel, j.key, j.col, j.old, 'changed since, or its contact could not be restored');
    perform ssot.add_tally('references', 1, 'kept');
  end if;
end
$$;

create or replace function ssot.undo_fill(j ssot.merge_journal) returns void
language plpgsql as $$
declare
  current_value text;
begin
  execute format('select %I::text from public.contacts where id = $1 for update', j.col)
    into current_value using (j.key ->> 'id')::uuid;
  if current_value is not distinct from j.new then
    perform ssot.set_contact((j.key ->> 'id')::uuid, j.col, j.old);
  elsif exists (select from public.contacts where id = (j.key ->> 'id')::uuid) then
    insert into ssot.unrestored (relation, row_key, column_name, original, reason)
    values (j.rel, j.key, j.col, j.old, 'changed since');
    perform ssot.add_tally('contactsMerged', 1, 'kept');
  end if;
end
$$;

create or replace function ssot.undo_delete(j ssot.merge_journal) returns void
language plpgsql as $$
declare
  what text := case j.kind when 'quarantine' then 'contactsQuarantined' else 'contactsMerged' end;
  image jsonb := j.image;
begin
  if j.kind = 'quarantine' then
    delete from ssot.contact_quarantine where id = (j.key ->> 'id')::uuid returning contact_quarantine.image into image;
    if image is null then return; end if;  /* its organisation or person was deleted meanwhile */
  end if;
  begin
    execute (
      select format('insert into public.contacts (%s) overriding system value select %s',
        string_agg(format('%I', a.attname), ', ' order by a.attnum),
        string_agg(format('($1 ->> %L)::%s', a.attname, format_type(a.atttypid, a.atttypmod)), ', ' order by a.attnum))
      from pg_catalog.pg_attribute as a
      where a.attrelid = 'public.contacts'::regclass and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' and image ? a.attname)
    using image;
    perform ssot.add_tally(what, 1, 'restored');
  exception when integrity_constraint_violation then
    insert into ssot.unrestored (relation, row_key, image, reason) values (j.rel, j.key, image, sqlerrm);
    perform ssot.add_tally(what, 1, 'kept');
  end;
end
$$;

-- Sets a constraint of the same name but another meaning aside; the statement that brings it back is journaled.
-- Equal is what PostgreSQL prints alike for a table that has ours.
create or replace function ssot.set_aside_check(check_name text, rule text) returns void
language plpgsql as $$
declare
  theirs record;
  ours text;
begin
  select pg_get_constraintdef(k.oid) as def, pg_get_expr(k.conbin, k.conrelid) as rule, k.convalidated as validated,
         obj_description(k.oid, 'pg_constraint') as remark into theirs
  from pg_catalog.pg_constraint as k where k.conrelid = 'public.contacts'::regclass and k.conname = check_name;
  if not found then
    insert into ssot.object_journal (kind, name, outcome) values ('check', check_name, 'created') on conflict do nothing;
    return;
  end if;
  create temporary table ssot_shape (like public.contacts) on commit drop;
  execute format('alter table ssot_shape add constraint ours check (%s)', rule);
  select pg_get_expr(k.conbin, k.conrelid) into ours from pg_catalog.pg_constraint as k
  where k.conrelid = 'ssot_shape'::regclass and k.conname = 'ours';
  drop table ssot_shape;
  if theirs.rule = ours and theirs.validated then
    insert into ssot.object_journal (kind, name, outcome) values ('check', check_name, 'kept') on conflict do nothing;
  else
    insert into ssot.object_journal (kind, name, outcome, undo) values ('check', check_name, 'replaced', theirs.def) on conflict do nothing;
    insert into ssot.object_journal (kind, name, outcome, undo)
    select 'check comment', check_name, 'replaced', format('comment on constraint %I on public.contacts is %L', check_name, theirs.remark)
    where theirs.remark is not null on conflict do nothing;
    execute format('alter table public.contacts drop constraint %I', check_name);
  end if;
end
$$;

create or replace function ssot.make_check(check_name text, rule text) returns void
language plpgsql as $$
begin
  if not exists (select from pg_catalog.pg_constraint as k where k.conrelid = 'public.contacts'::regclass and k.conname = check_name) then
    execute format('alter table public.contacts add constraint %I check (%s) not valid', check_name, rule);
  end if;
end
$$;

-- The statements that take make_check back, for \gexec: first without a scan, then the scan under a weaker lock.
create or replace function ssot.unmake_check(check_name text) returns setof text
language plpgsql as $$
declare
  was ssot.object_journal;
begin
  select * into was from ssot.object_journal where kind = 'check' and name = check_name;
  if not found or was.outcome = 'kept' or was.undo is null then return; end if;
  /* After an interruption it may be back already, and only not validated. */
  if not exists (select from pg_catalog.pg_constraint as k where k.conrelid = 'public.contacts'::regclass and k.conname = check_name) then
    return next format('alter table public.contacts add constraint %I %s not valid', check_name, replace(was.undo, ' NOT VALID', ''));
  end if;
  if was.undo not like '% NOT VALID' then
    return next format('alter table public.contacts validate constraint %I', check_name);
  end if;
  return query select o.undo from ssot.object_journal as o where o.kind = 'check comment' and o.name = check_name;
end
$$;

-- An unnamed contact is called by its number; when the number changes, so does that name, else the rule would refuse.
create or replace function ssot.contact_name_follows_phone() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  new.name := new.phone;
  return new;
end
$$;
select ssot.close_function('ssot.contact_name_follows_phone()');
select ssot.close_schema();
commit;

-- step: contacts_source
-- lock: ACCESS EXCLUSIVE on contacts
-- blocks: everything on contacts, for a change of the catalog only
-- The webhook says where a contact comes from.
begin;
do $$
begin
  if not exists (select from pg_catalog.pg_attribute
                 where attrelid = 'public.contacts'::regclass and attname = 'source' and not attisdropped) then
    alter table public.contacts add column source text;
    insert into ssot.object_journal (kind, name, outcome) values ('column', 'contacts.source', 'created') on conflict do nothing;
  end if;
end
$$;
commit;

-- step: set_aside_checks
-- lock: ACCESS EXCLUSIVE on contacts
-- blocks: everything on contacts, for a change of the catalog only
-- A rule of the same name without the exception for the contact's own number would refuse the clean-up below.
begin;
select ssot.set_aside_check('contacts_name_must_be_real', ssot.name_rule());
select ssot.set_aside_check('contacts_phone_must_be_e164', ssot.phone_rule());
commit;

-- step: late_numbers
-- lock: ACCESS SHARE on contacts
-- blocks: nothing
-- Numbers of contacts that arrived since the spellings were collected; the same again after a late row was found.
begin;
select ssot.map_loose_contacts();
commit;

-- step: late_phone_map
-- lock: none on your tables
-- blocks: nothing
-- client: phone_map
analyze ssot.phone_map;

-- step: late_unfixable_phones
-- lock: ACCESS SHARE on contacts
-- blocks: nothing
begin;
select ssot.refuse_unfixable_phones();
commit;

-- step: quarantine_contacts
-- lock: ROW EXCLUSIVE on contacts and on tables that reference it
-- blocks: writers of the very rows of a batch
-- rows: contactsQuarantined
-- Does nothing unless  set ssot.on_unfixable_phone = 'quarantine'.
call ssot.quarantine_contacts();

-- step: merge_contacts
-- lock: ROW EXCLUSIVE on contacts and on tables that reference it
-- blocks: writers of the very contacts of a batch
-- rows: contactsMerged
call ssot.merge_contacts();

-- step: normalise_contact_phones
-- lock: ROW EXCLUSIVE on contacts
-- blocks: writers of the very rows of a batch
-- retry: 23505 from late_numbers
-- rows: phonesNormalised
call ssot.normalise_contact_phones();

-- step: replace_placeholder_names
-- lock: ROW EXCLUSIVE on contacts
-- blocks: writers of the very rows of a batch
-- rows: namesReplaced, namesRescued
call ssot.replace_placeholder_names();

-- step: phone_check
-- lock: ACCESS EXCLUSIVE on contacts
-- blocks: everything on contacts, for a change of the catalog only
-- From here on new and changed rows are held to the rule. One rule after the other: a late row that breaks both could not
-- be cleaned of one while it is held to the other.
begin;
select ssot.make_check('contacts_phone_must_be_e164', ssot.phone_rule());
commit;

-- step: validate_phones
-- lock: SHARE UPDATE EXCLUSIVE on contacts
-- blocks: other schema changes and vacuum of contacts
-- wait: long
-- retry: 23514 from late_numbers
alter table public.contacts validate constraint contacts_phone_must_be_e164;

-- step: name_check
-- lock: ACCESS EXCLUSIVE on contacts
-- blocks: everything on contacts, for a change of the catalog only
begin;
select ssot.make_check('contacts_name_must_be_real', ssot.name_rule());
commit;

-- step: validate_names
-- lock: SHARE UPDATE EXCLUSIVE on contacts
-- blocks: other schema changes and vacuum of contacts
-- wait: long
-- retry: 23514 from replace_placeholder_names
alter table public.contacts validate constraint contacts_name_must_be_real;

-- step: idx_contacts_org_phone_unique
-- lock: SHARE UPDATE EXCLUSIVE on contacts
-- blocks: other schema changes and vacuum of contacts
-- wait: long
-- retry: 23505 from late_numbers
select ssot.make_index('idx_contacts_org_phone_unique',
  'CREATE UNIQUE INDEX idx_contacts_org_phone_unique ON public.contacts USING btree (org_id, phone)') \gexec

-- step: name_follows_phone
-- lock: SHARE ROW EXCLUSIVE on contacts
-- blocks: writers of contacts, for a change of the catalog only
begin;
drop trigger if exists contact_name_follows_phone on public.contacts;
create trigger contact_name_follows_phone
  before update of phone on public.contacts
  for each row when (old.name = old.phone and new.name = old.phone and new.phone is distinct from old.phone)
  execute function ssot.contact_name_follows_phone();
commit;

-- step: normalise_call_numbers
-- lock: SHARE UPDATE EXCLUSIVE on calls
-- blocks: writers of the very rows of a batch; other schema changes while a portion is vacuumed
-- rows: phonesNormalised
select ssot.normalise_call_numbers() \gexec

-- step: record
insert into ssot.ledger (name, run_on)
values ('20260209000200_validate_contact_names', now() at time zone 'UTC')
on conflict (name) do nothing;
\endif

-- Down Migration
\if :{?down}
set timezone = 'UTC';
set search_path = '';
set lock_timeout = '1s';
set statement_timeout = 0;

-- step: name_follows_phone
-- lock: ACCESS EXCLUSIVE on contacts
-- blocks: everything on contacts, for a change of the catalog only
begin;
drop trigger if exists contact_name_follows_phone on public.contacts;
commit;

-- step: idx_contacts_org_phone_unique
-- lock: SHARE UPDATE EXCLUSIVE on contacts
-- blocks: other schema changes and vacuum of contacts
-- wait: long
select ssot.unmake_index('idx_contacts_org_phone_unique') \gexec

-- step: drop_checks
-- lock: ACCESS EXCLUSIVE on contacts
-- blocks: everything on contacts, for a change of the catalog only
begin;
do $$
declare
  c text;
begin
  for c in select o.name from ssot.object_journal as o where o.kind = 'check' and o.outcome in ('created', 'replaced') loop
    execute format('alter table public.contacts drop constraint if exists %I', c);
  end loop;
end
$$;
commit;

-- step: restore_call_numbers
-- lock: SHARE UPDATE EXCLUSIVE on calls
-- blocks: writers of the very rows of a batch; other schema changes while a portion is vacuumed
-- rows: phonesNormalised
select ssot.undo_journal_in_portions('calls', 'phone_number', 'phonesNormalised') \gexec

-- step: restore_names
-- lock: ROW EXCLUSIVE on contacts
-- blocks: writers of the very rows of a batch
-- rows: namesReplaced
call ssot.undo_journal('contacts', 'name', 'namesReplaced');

-- step: restore_phones
-- lock: ROW EXCLUSIVE on contacts
-- blocks: writers of the very rows of a batch
-- rows: phonesNormalised
call ssot.undo_journal('contacts', 'phone', 'phonesNormalised');

-- step: undo_merges
-- lock: ROW EXCLUSIVE on contacts and on tables that reference it
-- blocks: writers of the very rows of a batch
-- rows: contactsMerged
call ssot.undo_merges();

-- step: restore_name_check
-- lock: ACCESS EXCLUSIVE on contacts, then SHARE UPDATE EXCLUSIVE
-- blocks: everything on contacts, for a change of the catalog only
select ssot.unmake_check('contacts_name_must_be_real') \gexec

-- step: restore_phone_check
-- lock: ACCESS EXCLUSIVE on contacts, then SHARE UPDATE EXCLUSIVE
-- blocks: everything on contacts, for a change of the catalog only
select ssot.unmake_check('contacts_phone_must_be_e164') \gexec

-- step: contacts_source
-- lock: ACCESS EXCLUSIVE on contacts
-- blocks: everything on contacts, for a change of the catalog only
-- What was written there since has no place in the former schema; it is stored before the column goes.
begin;
do $$
declare
  n bigint;
begin
  if exists (select from ssot.object_journal where kind = 'column' and name = 'contacts.source' and outcome = 'created') then
    insert into ssot.unrestored (relation, row_key, column_name, original, reason)
    select 'public.contacts', jsonb_build_object('id', k.id), 'source', k.source, 'the column did not exist before'
    from public.contacts as k where k.source is not null;
    get diagnostics n = row_count;
    if n > 0 then perform ssot.add_tally('contactSources', n, 'kept'); end if;
    alter table public.contacts drop column if exists source;
  end if;
end
$$;
commit;

-- step: helpers
-- lock: none on your tables
-- blocks: nothing
begin;
drop procedure if exists ssot.merge_contacts();
drop procedure if exists ssot.quarantine_contacts();
drop procedure if exists ssot.normalise_contact_phones();
drop procedure if exists ssot.replace_placeholder_names();
drop function if exists ssot.normalise_call_numbers();
drop procedure if exists ssot.undo_merges();
drop function if exists ssot.undo_repoint(ssot.merge_journal);
drop function if exists ssot.undo_fill(ssot.merge_journal);
drop function if exists ssot.undo_delete(ssot.merge_journal);
drop function if exists ssot.merge_batch(bigint, bigint);
drop function if exists ssot.original_image(uuid, jsonb);
drop function if exists ssot.plan_merges();
drop function if exists ssot.move_references(uuid[], uuid[]);
drop function if exists ssot.set_contact(uuid, name, text);
drop function if exists ssot.row_as_text(text, name[]);
drop function if exists ssot.key_columns(oid);
drop function if exists ssot.contact_columns();
drop function if exists ssot.set_aside_check(text, text);
drop function if exists ssot.make_check(text, text);
drop function if exists ssot.unmake_check(text);
drop function if exists ssot.contact_name_follows_phone();
drop function if exists ssot.is_placeholder(text);
drop function if exists ssot.name_rule();
drop function if exists ssot.phone_rule();
drop function if exists ssot.more_blanks();
drop view if exists ssot.contact_reference;
drop table if exists ssot.journal_contacts_phone, ssot.journal_contacts_name, ssot.journal_calls_phone_number;
drop table if exists ssot.merge_plan, ssot.merge_journal, ssot.contact_quarantine;
delete from ssot.object_journal where kind in ('check', 'check comment', 'column') or name = 'idx_contacts_org_phone_unique';
commit;

-- step: record
delete from ssot.ledger where name = '20260209000200_validate_contact_names';
\endif

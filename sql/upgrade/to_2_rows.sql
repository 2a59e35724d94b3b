-- From engine 1 to 2: small tables move whole. The mission's columns are entered as its fourth migration would enter them.
do $$
declare
  mark constant text := '20260209000400_mark_deprecated';
  away constant text := '20260309000000_drop_deprecated_columns';
  is_marked boolean;
  audit regclass;
begin
  if (select e.version from ssot.engine as e) is distinct from 1 then return; end if;
  perform ssot.lift_row_security();
  is_marked := exists (select from ssot.ledger as l where l.name = mark);

  if to_regclass('ssot.object_journal') is not null then
    insert into ssot.object (migration, kind, name, outcome, undo)
    select case when o.kind in ('check', 'check comment', 'column') or o.name = 'idx_contacts_org_phone_unique' then '20260209000200_validate_contact_names'
                when o.kind = 'view' then '20260209000300_create_calls_view'
                when o.kind in ('comment', 'table', 'function', 'trigger') then mark
                when o.kind = 'schema' or o.name ^@ 'idx_contacts_search' or o.name ^@ 'idx_calls_search' then '20260209000500_search_indexes'
                else '20260209000100_backfill_contact_ids' end, o.kind, case o.kind when 'comment' then 'public.' || o.name else o.name end, o.outcome, o.undo
    from ssot.object_journal as o order by o.kind, o.name;
    drop table ssot.object_journal;
  end if;
  if to_regclass('ssot.adopted_column_audit') is not null then
    /* Its indexes had kept names that ours meet in schema ssot: no drop could end. */
    update ssot.object as o set undo = o.undo || format('; comment on table public.deprecated_column_audit is %s',
                                                    coalesce(quote_literal(obj_description('ssot.adopted_column_audit'::regclass, 'pg_class')), 'null'))
                               || ssot.set_aside_names('ssot.adopted_column_audit')
    where o.kind = 'table' and o.name = 'deprecated_column_audit';
    comment on table ssot.adopted_column_audit is 'personal data: the audit that somebody made by hand';
  end if;
  if to_regclass('ssot.made_object') is not null then
    update ssot.object as o set made = m.definition from ssot.made_object as m where o.kind = 'view' and o.name = m.name;
    drop table ssot.made_object;
  end if;

  if is_marked then
    insert into ssot.deprecated_column
      (relation, column_name, place, migration, reason, replacement, not_before, trigger_name, trigger_base, function_name, traced_in,
       row_key, plain_key, has_org)
    values
      ('public.calls', 'caller_name', 1, mark, 'contacts.name is the single source of truth', 'calls_with_caller_names.resolved_caller_name',
       '2026-03-09 00:00:00+00', 'warn_deprecated_writes', 'warn_deprecated_writes', 'public.check_deprecated_column_writes_with_audit', 'ssot.traced_1',
       '{id}', true, true),
      ('public.calls', 'from_number', 2, mark, 'phone_number is the caller''s number', 'calls.phone_number',
       '2026-03-09 00:00:00+00', 'warn_deprecated_writes_from_number', 'warn_deprecated_writes', 'public.check_deprecated_column_writes_with_audit', 'ssot.traced_2',
       '{id}', true, true);
    create sequence ssot.traced_1;
    create sequence ssot.traced_2;
    audit := ssot.audit_table();
    if audit is not null then
      execute format('alter table %s add column stated_at timestamptz default statement_timestamp()', audit);
      execute format('comment on table %s is %L', audit, 'personal data: who still writes deprecated columns, and what. Rows are kept 30 days or one calendar month, whichever is longer.');
    end if;
    /* Its triggers get their present arguments. */
    if to_regprocedure('public.check_deprecated_column_writes_with_audit()') is not null then
      perform ssot.watch_writes(mark, 'public.check_deprecated_column_writes_with_audit');
    end if;
  end if;

  if to_regclass('ssot.dropped_call_columns') is not null then
    insert into ssot.archive (migration, relation, row_key, store, store_key, columns, fill)
    values (away, 'public.calls', '{id}', 'ssot.dropped_call_columns', '{call_id}', '{caller_name,from_number}', 'ssot.fill_phone_numbers');
    comment on table ssot.dropped_call_columns is 'personal data: the values of the dropped columns';
    insert into ssot.object (migration, stage, kind, name, undo)
    select away, u.stage, case u.stage when 'index' then 'index' else 'column' end, u.name, u.statement
    from ssot.phase3_undo as u
    where u.name <> 'check_deprecated_column_writes_with_audit' and not u.name ^@ 'warn_deprecated_writes'
    order by u.seq;
  end if;
  drop table if exists ssot.phase3_undo, ssot.saved_view;

  insert into ssot.older_journal (name, relation, task)
  select j.name, j.relation, j.task
  from (values ('ssot.journal_calls_contact_id', 'public.calls', 'calls.contact_id'), ('ssot.journal_calls_phone_number', 'public.calls', 'calls.phone_number'),
               ('ssot.journal_contacts_phone', 'public.contacts', 'contacts.phone'), ('ssot.journal_contacts_name', 'public.contacts', 'contacts.name')
       ) as j(name, relation, task)
  where to_regclass(j.name) is not null;
  update ssot.engine set moving = true;
end
$$;

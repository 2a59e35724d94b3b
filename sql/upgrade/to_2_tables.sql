-- From engine 1 (ssot 0.1.0) to 2: tables that stay get their new columns. Rows of small tables follow in to_2_rows.sql, those of the
-- journals in ssot.finish_upgrade.
do $$
begin
  if (select e.version from ssot.engine as e) is distinct from 1 then return; end if;
  /* psql writes no run: there the cursors tell, and an audit whose migration is not in the ledger. */
  if exists (select from ssot.run as r where r.finished_at is null) or to_regclass('ssot.archive_cursor') is not null
     or to_regclass('ssot.restore_order') is not null and exists (select from ssot.task as t where t.task = 'calls.restored')
     or to_regclass('ssot.witness') is not null and not exists (select from ssot.ledger as l where l.name ~ '_mark_deprecated$')
  then
    raise exception 'a run of ssot 0.1.0 was interrupted here' using errcode = 'object_not_in_prerequisite_state',
      hint = 'End it, or take it back, with ssot 0.1.0; then upgrade. Nothing was changed.';
  end if;
  /* 0.1.0 must not run its own files over this engine: it finds another checksum. */
  alter table ssot.run add column engine integer, add column tool text, add column plan text;
  update ssot.run set engine = 1, tool = '0.1.0', checksum = 'upgraded:' || checksum;

  alter table ssot.tally drop constraint tally_pkey, add column migration text;
  update ssot.tally set migration = case
    when what in ('callsLinked', 'callsUnlinked') then '20260209000100_backfill_contact_ids'
    when what = 'valuesArchived' then '20260309000000_drop_deprecated_columns'
    else '20260209000200_validate_contact_names' end;
  alter table ssot.tally alter column migration set not null, add constraint tally_pkey primary key (migration, direction, what);

  alter table ssot.finalization add column id bigint generated always as identity primary key, add column deprecation text;

  if to_regclass('ssot.task') is not null then
    delete from ssot.task where task = 'calls.restored';
    alter table ssot.task add column migration text, add column relation text, add column column_name text, add column effect text, add column last_key text;
    update ssot.task as t set migration = k.migration, relation = k.relation, column_name = k.column_name, effect = k.effect
    from (values
      ('calls.contact_id', '20260209000100_backfill_contact_ids', 'public.calls', 'contact_id', 'callsLinked'),
      ('contacts.phone', '20260209000200_validate_contact_names', 'public.contacts', 'phone', 'phonesNormalised'),
      ('contacts.name', '20260209000200_validate_contact_names', 'public.contacts', 'name', 'namesReplaced'),
      ('calls.phone_number', '20260209000200_validate_contact_names', 'public.calls', 'phone_number', 'phonesNormalised'),
      ('merge', '20260209000200_validate_contact_names', 'public.contacts', null, 'contactsMerged')
    ) as k(task, migration, relation, column_name, effect)
    where k.task = t.task;
    alter table ssot.task alter column migration set not null, alter column relation set not null, alter column effect set not null;
  end if;
  drop table if exists ssot.undo_order, ssot.restore_order;

  if to_regclass('ssot.erasure_due') is not null then
    alter table ssot.erasure_due add column noted_in xid8 not null default '0';
    alter table ssot.erasure_due alter column noted_in set default pg_current_xact_id();
    alter table ssot.erasure_due add column orgs uuid[], add column keys jsonb[];
  end if;
  if to_regclass('ssot.witness') is not null then
    alter table ssot.witness drop constraint witness_pkey, add column migration text not null default '20260209000400_mark_deprecated',
      add column touched_before text;
    alter table ssot.witness alter column migration drop default, add constraint witness_pkey primary key (migration, kind, name);
  end if;
  if to_regclass('ssot.deprecated_write') is not null then
    drop index if exists ssot.deprecated_write_last;
    alter table ssot.deprecated_write add column relation text not null default 'public.calls';
    alter table ssot.deprecated_write alter column relation drop default;
  end if;
end
$$;

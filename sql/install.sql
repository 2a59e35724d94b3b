-- The engine: everything in schema ssot that makes a migration safe. Installs it, or upgrades an older one, in one transaction that
-- changes the catalog only; then moves rows of older tables in portions. A database that has this engine is left as it is,
-- unless its routines are to be put back as they should be: -v repair=yes.
-- A newer one is refused (SQLSTATE SS004). Each migration includes this file; ssot reads it, too.
--   psql -v ON_ERROR_STOP=1 -f sql/install.sql
\set engine_version 2
\ir session.sql
\if :{?tool_version}
\else
\set tool_version psql
\endif
select to_regclass('ssot.engine') is not null as has_engine \gset
\if :has_engine
select coalesce((select e.version = :engine_version from ssot.engine as e), false) as engine_is_here \gset
\else
\set engine_is_here false
\endif
\if :{?repair}
\set engine_is_here false
\endif
\if :engine_is_here
\else
begin;
\ir bookkeeping/unread_bodies.sql
\ir bookkeeping/schema.sql
\ir bookkeeping/engine.sql
\ir bookkeeping/refuse_newer_engine.sql
\ir upgrade/hold_tables.sql
\ir upgrade/witness_before.sql
\ir upgrade/drop_routines.sql
\ir upgrade/to_2_tables.sql

\ir bookkeeping/ledger.sql
\ir bookkeeping/run.sql
\ir bookkeeping/run_step.sql
\ir bookkeeping/tally.sql
\ir bookkeeping/unrestored.sql
\ir bookkeeping/verification_runs.sql
\ir bookkeeping/finalization.sql
\ir bookkeeping/add_tally.sql
\ir bookkeeping/set_tally.sql
\ir bookkeeping/close_function.sql
\ir bookkeeping/close_schema.sql
\ir bookkeeping/lift_row_security.sql
\ir bookkeeping/own_schema.sql
\ir bookkeeping/fingerprint.sql

\ir objects/object.sql
\ir objects/note_object.sql
\ir objects/bring_back.sql
\ir objects/forget_objects.sql

\ir pace/pace.sql
\ir pace/progress.sql
\ir pace/current_pace.sql
\ir pace/wait_for_turn.sql

\ir batches/table_size.sql
\ir batches/table_rows.sql
\ir batches/stretch_pages.sql
\ir batches/lies_at.sql
\ir batches/turn.sql
\ir batches/batch_size.sql
\ir batches/next_batch_size.sql
\ir batches/tell_progress.sql
\ir batches/end_autovacuum.sql
\ir batches/in_portions.sql
\ir batches/path_for.sql
\ir batches/trigger_path.sql
\ir batches/before_commit.sql
\ir batches/as_pattern.sql

\ir journal/task.sql
\ir journal/journal.sql
\ir journal/merge_seq.sql
\ir journal/undo_order.sql
\ir journal/begin_task.sql
\ir journal/column_type.sql
\ir journal/index_journal.sql
\ir journal/plan_journal.sql
\ir journal/refuse_unwritten.sql
\ir journal/apply_batch.sql
\ir journal/apply_journal.sql
\ir journal/plan_undo.sql
\ir journal/undo_one_by_one.sql
\ir journal/undo_batch.sql
\ir journal/undo_journal.sql
\ir journal/undo_in_portions.sql

\ir indexes/index_parts.sql
\ir indexes/build_index.sql
\ir indexes/drop_index.sql
\ir indexes/make_index.sql
\ir indexes/unmake_index.sql

\ir phones/e164_pattern.sql
\ir phones/is_e164.sql
\ir phones/phone_rule.sql
\ir phones/keypad_numbers.sql
\ir phones/withheld_pattern.sql
\ir phones/is_withheld.sql
\ir phones/phone_region.sql
\ir phones/phone_region_rows.sql
\ir phones/phone_map.sql
\ir phones/org_country.sql
\ir phones/national_number.sql
\ir phones/e164.sql
\ir merge/contact_role.sql
\ir merge/is_dead.sql
\ir merge/contact_order.sql
\ir phones/call_number.sql
\ir phones/calls_with_number.sql
\ir phones/unfixable_contacts.sql
\ir phones/map_loose_contacts.sql
\ir phones/map_loose_calls.sql
\ir phones/map_loose_numbers.sql
\ir phones/refuse_unfixable_phones.sql
\ir phones/has_late_twins.sql
\ir phones/normalise_contact_phones.sql
\ir phones/normalise_call_numbers.sql

\ir names/more_blanks.sql
\ir names/name_rule.sql
\ir names/is_placeholder.sql
\ir names/replace_placeholder_names.sql
\ir names/contact_name_follows_phone.sql
\ir names/drop_source.sql

\ir checks/set_aside_check.sql
\ir checks/make_check.sql
\ir checks/unmake_check.sql
\ir checks/drop_checks.sql

\ir links/contact_number.sql
\ir links/plan_links.sql
\ir links/links_are_old.sql
\ir links/link_late_calls.sql
\ir links/link_calls.sql
\ir links/count_unlinked.sql

\ir merge/contact_reference.sql
\ir merge/merge_plan.sql
\ir merge/contact_quarantine.sql
\ir merge/own_delete.sql
\ir merge/row_as_text.sql
\ir merge/key_columns.sql
\ir merge/contact_columns.sql
\ir merge/merge_rules.sql
\ir merge/taken_over.sql
\ir merge/set_contact.sql
\ir merge/journal_merge.sql
\ir merge/fill_contact.sql
\ir merge/delete_contacts.sql
\ir merge/move_references.sql
\ir merge/original_image.sql
\ir merge/plan_merges.sql
\ir merge/merge_batch.sql
\ir merge/merge_contacts.sql
\ir merge/quarantine_contacts.sql
\ir merge/undo_repoint.sql
\ir merge/undo_fill.sql
\ir merge/unstamp_contact.sql
\ir merge/undo_delete.sql
\ir merge/undo_merges.sql

\ir grants/grants_of.sql
\ir grants/set_grants.sql
\ir grants/readers_of.sql
\ir grants/open_kept_view.sql
\ir grants/view_column_ddl.sql
\ir grants/view_ddl.sql
\ir objects/calls_view.sql
\ir objects/judge_view.sql
\ir objects/stands_on_view.sql
\ir objects/view_text.sql
\ir objects/view_columns.sql
\ir objects/take_view_down.sql
\ir objects/remember_view.sql
\ir objects/put_view_up.sql
\ir objects/set_aside_view.sql
\ir objects/dress_view.sql
\ir objects/unmake_view.sql
\ir objects/narrow_view.sql
\ir objects/widen_view.sql
\ir objects/set_aside_names.sql

\ir archive/listed.sql
\ir archive/is_another.sql
\ir witness/differs.sql
\ir witness/deprecated_column.sql
\ir witness/deprecated_write.sql
\ir witness/sworn.sql
\ir witness/who.sql
\ir witness/audit_table.sql
\ir witness/column_audit.sql
\ir witness/audit_of.sql
\ir witness/key_of.sql
\ir witness/evidence_from.sql
\ir witness/prune_audit.sql
\ir witness/blank_audit_row.sql
\ir witness/insert_head.sql
\ir witness/statement_names.sql
\ir witness/audited_rows.sql
\ir witness/set_audited_rows.sql
\ir witness/is_traced.sql
\ir witness/trace_write.sql
\ir witness/audit_write.sql
\ir witness/is_audited_by_name.sql
\ir witness/is_audited_here.sql
\ir witness/see_column.sql
\ir witness/see_write.sql
\ir witness/copy_see_write.sql
\ir upgrade/copies_of_witness.sql
\ir witness/live_witness.sql
\ir witness/swear_in.sql
\ir gate/migration_title.sql
\ir witness/witness_problems.sql
\ir witness/deprecate.sql
\ir witness/reference_calls.sql
\ir witness/counted_insert.sql
\ir witness/watch_rows.sql
\ir witness/drop_trigger.sql
\ir witness/unwatch_rows.sql
\ir witness/watch_writes.sql
\ir witness/witness_triggers.sql
\ir witness/unwatch_writes.sql
\ir witness/undeprecate.sql
\ir witness/set_aside_by_hand.sql
\ir witness/schedule_prune.sql
\ir witness/unschedule_prune.sql

\ir gate/view_is_ours.sql
\ir gate/column_pattern.sql
\ir gate/deprecation.sql
\ir gate/triggers_that_go.sql
\ir gate/tracked_dependents.sql
\ir readers/reader.sql
\ir readers/reader_sample.sql
\ir readers/excused_role.sql
\ir readers/excuse.sql
\ir readers/own_statement.sql
\ir readers/own_statement_rows.sql
\ir readers/statement_shape.sql
\ir readers/statement_fingerprint.sql
\ir readers/row_sources.sql
\ir readers/reading_views.sql
\ir readers/is_dump.sql
\ir readers/judge_by_words.sql
\ir readers/recorded_statements.sql
\ir readers/reader_looks.sql
\ir readers/reader_state.sql
\ir readers/lost_statements.sql
\ir readers/record_readers.sql
\ir gate/phase3_bodies.sql
\ir gate/phase3_dependents.sql
\ir gate/is_excused.sql
\ir gate/phase3_writers.sql
\ir gate/phase3_readers.sql
\ir gate/unobserved_reads.sql
\ir gate/phase3_blockers.sql
\ir gate/refuse_closed_gate.sql
\ir gate/refuse_late_writes.sql

\ir archive/archive.sql
\ir archive/row_key.sql
\ir archive/key_operators.sql
\ir archive/same_key.sql
\ir archive/key_after.sql
\ir archive/make_store.sql
\ir archive/begin_archive.sql
\ir archive/needs_fill.sql
\ir archive/sync_archive.sql
\ir archive/watch_archive.sql
\ir archive/unwatch_archive.sql
\ir archive/follow_key.sql
\ir archive/mark_fill.sql
\ir archive/fill_phone_numbers.sql
\ir archive/fill_marked.sql
\ir archive/archive_batch.sql
\ir archive/archive_columns.sql
\ir archive/archive_in_portions.sql
\ir archive/not_null_proof.sql
\ir archive/restore_not_null.sql
\ir archive/column_parts.sql
\ir archive/journal_dropped_objects.sql
\ir archive/end_archive.sql
\ir archive/run_stage.sql
\ir archive/derive_batch.sql
\ir archive/derive_columns.sql
\ir archive/derive_in_portions.sql
\ir archive/derive_row.sql
\ir archive/bring_columns_back.sql
\ir archive/watch_again.sql
\ir archive/restore_batch.sql
\ir archive/restore_columns.sql
\ir archive/restore_in_portions.sql
\ir archive/restore_indexes.sql
\ir archive/forget_archive.sql

\ir upgrade/older_journal.sql
\ir erasure/erased_contact.sql
\ir erasure/erasure_due.sql
\ir erasure/erasable.sql
\ir erasure/erase_tasks.sql
\ir erasure/erase_merges.sql
\ir erasure/erase_archives.sql
\ir erasure/erase_audit.sql
\ir erasure/erase_rows.sql
\ir erasure/erase_row.sql
\ir erasure/erase_older.sql
\ir erasure/erase.sql
\ir erasure/erase_orphans.sql
\ir erasure/erase_due.sql
\ir erasure/erase_all_due.sql
\ir erasure/erase_deleted.sql

\ir search/make_search_schema.sql
\ir search/make_search_grams.sql
\ir search/make_search_places.sql
\ir search/make_search_find_calls.sql
\ir search/open_search.sql
\ir search/drop_search_schema.sql

\ir upgrade/move_journal.sql
\ir upgrade/move_merges.sql
\ir upgrade/finish_upgrade.sql
\ir upgrade/to_2_rows.sql
\ir upgrade/search_functions.sql
\ir upgrade/witness_after.sql
\ir bookkeeping/installed.sql
commit;
\endif
call ssot.finish_upgrade(:commits);

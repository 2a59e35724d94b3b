/** The migrations that claims begin or end with. */
export const migrationNames = {
  backfill: "20260209000100_backfill_contact_ids",
  validate: "20260209000200_validate_contact_names",
  view: "20260209000300_create_calls_view",
  deprecate: "20260209000400_mark_deprecated",
  search: "20260209000500_search_indexes",
  drop: "20260309000000_drop_deprecated_columns",
} as const;

/** Those of Phase 1, in order. */
export const phase1: readonly string[] = [
  migrationNames.backfill,
  migrationNames.validate,
  migrationNames.view,
  migrationNames.deprecate,
];

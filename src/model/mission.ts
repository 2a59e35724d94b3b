/** The migrations that more than one room relies on. */
export const migrationNames = {
  backfill: "20260209000100_backfill_contact_ids",
  validate: "20260209000200_validate_contact_names",
  view: "20260209000300_create_calls_view",
  deprecate: "20260209000400_mark_deprecated",
  search: "20260209000500_search_indexes",
  drop: "20260309000000_drop_deprecated_columns",
} as const;

/** The columns of calls that the mission replaces, by what they hold. What is deprecated in a database, it says itself. */
export const missionColumns = { name: "caller_name", number: "from_number" } as const;

/** The function of the triggers that witness writes to them; production may have one of this name that was made by hand. */
export const missionWitness = "public.check_deprecated_column_writes_with_audit()";

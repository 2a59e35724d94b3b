import type { Change } from "../support/changed-engine.ts";

/** An engine as the version after this one could bring it: another body of a routine, one more column, and the step to it. */
export const nextEngine: readonly Change[] = [
  { file: "sql/install.sql", from: "\\set engine_version 2", to: "\\set engine_version 3" },
  {
    file: "sql/install.sql",
    from: "\\ir upgrade/to_2_tables.sql",
    to: "\\ir upgrade/to_2_tables.sql\n\\ir upgrade/to_3.sql",
  },
  {
    file: "sql/upgrade/to_3.sql",
    to: `-- From engine 2 to 3: a count tells when it was made.
do $$
begin
  if not exists (select from ssot.engine as e where e.version < 3) then return; end if;
  alter table ssot.tally add column counted_at timestamptz;
end
$$;
`,
  },
  {
    file: "sql/bookkeeping/tally.sql",
    from: "  n         bigint not null,",
    to: "  n         bigint not null,\n  counted_at timestamptz,",
  },
  // Of the witness, which lies under the mission's name as well.
  { file: "sql/witness/see_write.sql", from: "  rows_so_far bigint;", to: "  rows_so_far bigint; /* next */" },
  {
    file: "sql/witness/who.sql",
    from: "session_user::text)",
    to: "session_user::text || ' (next)')",
  },
];

import type { Connection } from "../db/connection.ts";
import { listFinalizations } from "../db/queries/finalization.ts";
import { listStores } from "../db/queries/kept-of-deprecation.ts";
import type { MigrationState } from "../migrations/history.ts";
import { hasMission } from "../migrations/packs.ts";
import { listLines, SsotError } from "../model/errors.ts";
import type { Migration } from "../model/migration.ts";

const storeOfMission = "ssot.dropped_call_columns";

// By table, today's and those of earlier engines: what finalize removed is recorded by their names.
const lostOfMission: Readonly<Record<string, readonly string[]>> = {
  "calls that had no contact, or another one": ["ssot.journal_of_links", "ssot.journal_calls_contact_id"],
  "numbers of calls as they were written": ["ssot.journal_of_call_numbers", "ssot.journal_calls_phone_number"],
  "numbers of contacts as they were written": ["ssot.journal_of_contact_numbers", "ssot.journal_contacts_phone"],
  "names of contacts that were replaced": ["ssot.journal_of_names", "ssot.journal_contacts_name"],
  "steps by which contacts were merged or set aside": ["ssot.journal_of_merges", "ssot.merge_journal"],
  "values of other columns as they were": ["ssot.journal_of_others"],
  "contacts that were set aside": ["ssot.contact_quarantine"],
  "values of the dropped columns": [storeOfMission],
  "rows of the audit table that was there before": ["ssot.adopted_column_audit"],
  "audit rows": ["ssot.column_audit", "ssot.deprecated_column_audit", "public.deprecated_column_audit"],
};

/**
 * Refuses a rollback of data that `ssot finalize` removed: GATE, with what can no longer be restored. `schemaOnly` means
 * that this is known; where nothing was removed it is a mistake (USAGE). Changes nothing.
 */
export async function refuseFinalized(
  { sql }: Connection,
  selected: readonly Migration[],
  states: readonly MigrationState[],
  { schemaOnly }: { readonly schemaOnly: boolean },
): Promise<void> {
  const names = new Set(selected.map(({ name }) => name));
  const finalizations = (await listFinalizations(sql)).filter(
    ({ deprecation }) =>
      deprecation === null || selected.some(({ name, drops }) => [name, drops].includes(deprecation)),
  );
  const stores = await listStores(sql, [...names]);
  const lost = {
    ...(hasMission(selected) ? lostOfMission : {}),
    "values of dropped columns": stores.filter((store) => store !== storeOfMission),
  };
  const applied = states.filter(({ name }) => names.has(name)).map(({ appliedAt }) => appliedAt?.getTime() ?? 0);
  const since = finalizations.filter(({ finalizedAt }) => applied.some((moment) => moment < finalizedAt.getTime()));
  const last = since.at(-1);
  const rowsOf = (tables: readonly string[]): number =>
    since.reduce((sum, { removed }) => sum + tables.reduce((rows, table) => rows + (removed[table] ?? 0), 0), 0);
  const list = Object.entries(lost).flatMap(([what, tables]) => {
    const rows = rowsOf(tables);
    return rows === 0 ? [] : [`${rows.toLocaleString("en-US")} ${what}`];
  });
  if (schemaOnly) {
    if (finalizations.length > 0 || selected.length === 0) return;
    throw new SsotError("USAGE", "--schema-only is for a database whose journals were removed by ssot finalize", {
      hint: "Nothing was changed. Without it, ssot rollback restores the data too.",
    });
  }
  if (last === undefined || list.length === 0) return;
  const moment = last.finalizedAt.toISOString().slice(0, 16).replace("T", " ");
  throw new SsotError(
    "GATE",
    `reversibility was ended at ${moment} UTC by role ${last.role}; a rollback can no longer restore:${listLines(list)}`,
    {
      hint: "Nothing was changed. To take back the schema, and leave these values as they are: ssot rollback --schema-only",
    },
  );
}

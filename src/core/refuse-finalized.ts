import type { Connection } from "../db/connection.ts";
import { listFinalizations } from "../db/queries/finalization.ts";
import type { MigrationState } from "../migrations/history.ts";
import { SsotError } from "../model/errors.ts";
import type { Migration } from "../model/migration.ts";

const lost: Readonly<Record<string, string>> = {
  "ssot.journal_calls_contact_id": "calls that had no contact, or another one",
  "ssot.journal_calls_phone_number": "numbers of calls as they were written",
  "ssot.journal_contacts_phone": "numbers of contacts as they were written",
  "ssot.journal_contacts_name": "names of contacts that were replaced",
  "ssot.merge_journal": "steps by which contacts were merged or set aside",
  "ssot.contact_quarantine": "contacts that were set aside",
  "ssot.dropped_call_columns": "values of the dropped columns",
  "ssot.adopted_column_audit": "rows of the audit table that was there before",
  "ssot.deprecated_column_audit": "audit rows",
  "public.deprecated_column_audit": "audit rows",
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
  const finalizations = await listFinalizations(sql);
  const names = new Set(selected.map(({ name }) => name));
  const applied = states.filter(({ name }) => names.has(name)).map(({ appliedAt }) => appliedAt?.getTime() ?? 0);
  const since = finalizations.filter(({ finalizedAt }) => applied.some((moment) => moment < finalizedAt.getTime()));
  const last = since.at(-1);
  const counts = new Map<string, number>();
  for (const { removed } of since) {
    for (const [table, rows] of Object.entries(removed)) counts.set(table, (counts.get(table) ?? 0) + rows);
  }
  const list = [...counts].filter(([table]) => table in lost).map(([table, rows]) => `  - ${rows} ${lost[table]}`);
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
    `reversibility was ended at ${moment} UTC by role ${last.role}; a rollback can no longer restore:\n${list.join("\n")}`,
    {
      hint: "Nothing was changed. To take back the schema, and leave these values as they are: ssot rollback --schema-only",
    },
  );
}

import type { Connection } from "../db/connection.ts";
import { readGate } from "../db/queries/gate.ts";
import type { Migration } from "../model/migration.ts";

/**
 * Why a drop is held, in sentences; an open gate still waits to be asked for. `verdicts` are those of `readVerdicts`; `all` are the
 * migrations that there are.
 */
export async function heldReasons(
  { sql }: Connection,
  drop: Migration,
  verdicts: string,
  all: readonly Migration[],
): Promise<readonly string[]> {
  const reasons = (await readGate(sql, drop.drops, verdicts)).map(({ message }) => message);
  if (reasons.length > 0) return reasons;
  const only = all.filter(({ phase }) => phase === 3).length > 1 ? ` --only ${drop.name.slice(0, 14)}` : "";
  return [`its gate is open: ssot migrate --phase 3${only} drops the columns`];
}

import type { Connection } from "../db/connection.ts";
import { readGate } from "../db/queries/gate.ts";
import type { Migration } from "../model/migration.ts";

/** Why a drop is held, in sentences; an open gate still waits to be asked for. `verdicts` are those of `readVerdicts`. */
export async function heldReasons(
  { sql }: Connection,
  drop: Pick<Migration, "drops"> | undefined,
  verdicts: string,
): Promise<readonly string[]> {
  const reasons = (await readGate(sql, drop?.drops, verdicts)).map(({ message }) => message);
  return reasons.length > 0 ? reasons : ["its gate is open: ssot migrate --phase 3 drops the columns"];
}

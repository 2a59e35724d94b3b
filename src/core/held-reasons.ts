import type { Connection } from "../db/connection.ts";
import { readGate } from "../db/queries/gate.ts";

/** Why the drop is held, in sentences; an open gate still waits to be asked for. */
export async function heldReasons({ sql }: Connection): Promise<readonly string[]> {
  const reasons = (await readGate(sql)).map(({ message }) => message);
  return reasons.length > 0 ? reasons : ["its gate is open: ssot migrate --phase 3 drops the columns"];
}

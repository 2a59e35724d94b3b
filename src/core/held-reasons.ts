import type { Connection } from "../db/connection.ts";
import { readGate } from "../db/queries/gate.ts";
import { type ReaderAsks, readVerdicts } from "../db/queries/verdicts.ts";
import type { Migration } from "../model/migration.ts";

/** Why a drop is held, in sentences, the mission's where none is given; an open gate still waits to be asked for. */
export async function heldReasons(
  { sql }: Connection,
  drop?: Pick<Migration, "drops"> | undefined,
  asks?: ReaderAsks | undefined,
): Promise<readonly string[]> {
  const verdicts = asks === undefined ? undefined : await readVerdicts(sql, drop?.drops, asks);
  const reasons = (await readGate(sql, drop?.drops, verdicts)).map(({ message }) => message);
  return reasons.length > 0 ? reasons : ["its gate is open: ssot migrate --phase 3 drops the columns"];
}

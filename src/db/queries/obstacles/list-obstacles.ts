import type { Sql } from "postgres";
import { listClosedDoors } from "./closed-doors.ts";
import { listLostEventTriggers } from "./event-triggers.ts";
import { listOccupiedNames } from "./names.ts";
import type { ListObstacles, Obstacle } from "./obstacle.ts";
import { listUnidentifiedRows } from "./publications.ts";
import { listStrangeReferences } from "./references.ts";
import { listViewObstacles } from "./view.ts";
import { listTakenViewColumns } from "./view-columns.ts";

const kinds: readonly ListObstacles[] = [
  listClosedDoors,
  listLostEventTriggers,
  listOccupiedNames,
  listTakenViewColumns,
  listUnidentifiedRows,
  listStrangeReferences,
];

/** Every obstacle: `migrate` refuses with them, `doctor` and the plan tell them. */
export async function listObstacles(
  sql: Sql,
  { replaceView = false }: { readonly replaceView?: boolean | undefined } = {},
): Promise<readonly Obstacle[]> {
  const found: Obstacle[] = [];
  for (const list of kinds) found.push(...(await list(sql)));
  return [...found, ...(await listViewObstacles(sql, { replaceView }))];
}

import type { Sql } from "postgres";
import { listReadersOfColumns, listUnwrittenColumns, listZonelessMoments } from "../db/queries/obstacles/cautions.ts";
import type { Obstacle } from "../db/queries/obstacles/obstacle.ts";
import { listUnkeyedIds } from "../db/queries/obstacles/unkeyed-ids.ts";
import { optionalColumns, requiredColumns } from "../webhook/call-columns.ts";

// What an event always has a value for.
const written = [
  ...["org_id", "vapi_call_id", "contact_id", ...[...requiredColumns, ...optionalColumns].map(({ name }) => name)].map(
    (name) => `calls.${name}`,
  ),
  ...["org_id", "phone", "name", "lead_score", "lead_status", "source"].map((name) => `contacts.${name}`),
];

/** What a run can live with, and whoever runs it should know. Asks inside a transaction. */
export async function listCautions(sql: Sql): Promise<readonly Obstacle[]> {
  return [
    ...(await listUnwrittenColumns(sql, written)),
    ...(await listZonelessMoments(sql)),
    ...(await listReadersOfColumns(sql)),
    ...(await listUnkeyedIds(sql)),
  ];
}

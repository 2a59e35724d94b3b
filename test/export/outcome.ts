import type { TestDatabase } from "../support/database.ts";
import { snapshotDatabase } from "../support/snapshot.ts";

/** Everything but the tool's own. A body may have been sent without its line ends. */
export async function snapshotOutside({ sql }: TestDatabase): Promise<string> {
  return (await snapshotDatabase(sql, { ignoreSchemas: ["ssot"] })).replace(/(\\n| )+/g, " ");
}

/** How many rows were changed, by effect. */
export const readTally = ({ sql }: TestDatabase) =>
  sql`select direction, what, n from ssot.tally order by direction, what`;

import type { Sql } from "postgres";
import { migrationNames } from "../../model/mission.ts";
import { judgeBodies } from "./bodies.ts";
import { listDeprecatedColumns, watchedOf } from "./deprecated-columns.ts";
import { judgeStatements, type Looked, lookAtStatements, withoutTexts } from "./statements.ts";

/** What is asked of readers beyond the usual. */
export interface ReaderAsks {
  /** Whole rows, keys of JSON and what nobody observed close the gate, too. */
  readonly reads?: "warn" | "require" | undefined;
  /** Roles whose reads and writes are excused, until the end of a day; null: for good. */
  readonly allow?: Readonly<Record<string, string | null>> | undefined;
  /** What the counters of standbys say, by `host:port/database`; a look for each migration. */
  readonly standbys?: Readonly<Record<string, Looked>> | undefined;
}

/**
 * What the gate of a deprecation is told besides the database, as JSON: what bodies and recorded statements name by
 * PostgreSQL's own grammar, what standbys have counted, and what is asked. Writes nothing.
 */
export async function readVerdicts(
  sql: Sql,
  migration: string = migrationNames.deprecate,
  { reads, allow, standbys = {} }: ReaderAsks = {},
): Promise<string> {
  const bodies = await judgeBodies(sql, migration);
  const looks = [await lookAtStatements(sql, migration), ...Object.values(standbys)];
  const columns = await listDeprecatedColumns(sql);
  const watched = watchedOf(columns.filter((column) => column.migration === migration));
  const statements: object[] = [];
  for (const look of looks) if (look !== undefined) statements.push(await judgeStatements(look, watched));
  return JSON.stringify({
    ...bodies,
    ...Object.assign({}, ...statements),
    ...(reads === undefined ? {} : { reads }),
    ...(allow === undefined ? {} : { allow }),
    standbys: Object.fromEntries(Object.entries(standbys).map(([source, look]) => [source, withoutTexts(look)])),
  });
}

import type { Sql } from "postgres";
import type { Excused } from "../../model/excused.ts";
import { migrationNames } from "../../model/mission.ts";
import { judgeBodies } from "./bodies.ts";
import { listDeprecatedColumns, watchedOf } from "./deprecated-columns.ts";
import { judgeStatements, type Looked, lookAtStatements, withoutTexts } from "./statements.ts";

/** What is asked of readers beyond the usual. */
export interface ReaderAsks {
  /** Whole rows, keys of JSON and what nobody observed close the gate, too. */
  readonly reads?: "warn" | "require" | undefined;
  /** Roles whose reads and writes are excused, until the end of a day; null: for good. */
  readonly allow?: Excused | undefined;
  /** What the counters of standbys say, by `host:port/database`; a look for each migration. */
  readonly standbys?: Readonly<Record<string, Looked>> | undefined;
}

/**
 * What the gate of a deprecation is told besides the database, as JSON: what bodies and recorded statements name by
 * PostgreSQL's own grammar, what this server and standbys have counted, and what is asked. The counters are read once: what is
 * asked with these verdicts stands on that look. Writes nothing.
 */
export async function readVerdicts(
  sql: Sql,
  migration: string = migrationNames.deprecate,
  { reads, allow, standbys = {} }: ReaderAsks = {},
): Promise<string> {
  const bodies = await judgeBodies(sql, migration);
  const here = await lookAtStatements(sql, migration);
  const looks = [here, ...Object.values(standbys)];
  const columns = await listDeprecatedColumns(sql);
  const watched = watchedOf(columns.filter((column) => column.migration === migration));
  const statements: object[] = [];
  for (const look of looks) if (look !== undefined) statements.push(await judgeStatements(look, watched));
  return JSON.stringify({
    ...bodies,
    ...Object.assign({}, ...statements),
    ...(reads === undefined ? {} : { reads }),
    ...(allow === undefined ? {} : { allow }),
    ...(here === undefined ? {} : { here: withoutTexts(here) }),
    standbys: Object.fromEntries(Object.entries(standbys).map(([source, look]) => [source, withoutTexts(look)])),
  });
}

/** The verdicts of each migration, read once whoever asks for them. */
export function verdictsOnce(sql: Sql, asks?: ReaderAsks | undefined): (migration?: string) => Promise<string> {
  const known = new Map<string, Promise<string>>();
  return (migration = migrationNames.deprecate) => {
    const verdicts = known.get(migration) ?? readVerdicts(sql, migration, asks);
    known.set(migration, verdicts);
    return verdicts;
  };
}

/** The same for who asks later, and looks for himself. */
export function withoutLook(verdicts: string): string {
  const { here: _, ...rest } = JSON.parse(verdicts);
  return JSON.stringify(rest);
}

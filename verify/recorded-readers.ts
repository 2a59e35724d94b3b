import type { Finding, Look } from "../src/checks/define.ts";
import { missionWatched, watchedOf } from "../src/db/queries/deprecated-columns.ts";
import { readReaders } from "../src/db/queries/readers.ts";

const unknown = (reason: string): Finding => ({ population: 0, broken: 0, skip: `readers unknown: ${reason}` });

/** Statements of others that name a deprecated column, from pg_stat_statements where it is installed. */
export async function recordedReaders({ sql, attempt, facts }: Look): Promise<Finding> {
  try {
    return await attempt(async () => {
      const found = await readReaders(
        sql,
        facts.deprecated.length === 0 ? [missionWatched] : watchedOf(facts.deprecated),
      );
      if (!found.known) return unknown(found.reason);
      const naming = found.readers.filter(({ how }) => how !== "select *");
      const since = found.since.toISOString().slice(0, 10);
      const evicted = found.evicted === 0 ? "" : `; others were given up for lack of room ${found.evicted} times`;
      return {
        population: found.seen,
        broken: naming.length,
        actual: `${naming.length} of ${found.seen} statements recorded since ${since} name them${evicted}`,
        rows: naming.slice(0, 20).map(({ role, calls, columns }) => ({ role, calls, names: columns.join(", ") })),
      };
    });
  } catch {
    return unknown("pg_stat_statements cannot be read (is it preloaded?)");
  }
}

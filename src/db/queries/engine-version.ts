import type { ISql } from "postgres";

/**
 * The version of the engine in schema ssot; undefined where there is none. The first engine kept no record of itself: it
 * is known by its ledger.
 */
export async function readEngineVersion(sql: ISql): Promise<number | undefined> {
  const [row] = await sql<{ recorded: boolean; first: boolean }[]>`
    select to_regclass('ssot.engine') is not null as recorded,
           coalesce(to_regclass('ssot.ledger'), to_regclass('ssot.run')) is not null as first`;
  if (!row?.recorded) return row?.first ? 1 : undefined;
  const [engine] = await sql<{ version: number }[]>`select e.version from ssot.engine as e`;
  return engine?.version;
}

import type { Connection } from "../../../db/connection.ts";
import { childEnvironment } from "../../../db/copying/child-environment.ts";
import { copySection, type Section } from "../../../db/copying/copy-section.ts";
import { countRowsOf, listFilledTables } from "../../../db/queries/copying/copied-tables.ts";
import type { CopyServer } from "./copy-server.ts";
import type { CopyLook } from "./judge-copy.ts";
import { type EmbeddedCopyOptions, lockWaitMs } from "./options.ts";
import type { Original } from "./read-original.ts";

/** What makes the parts of a copy, of one moment of the target. */
export interface Filling {
  readonly options: EmbeddedCopyOptions;
  readonly original: Original;
  readonly server: CopyServer;
  /** The major version of pg_dump and pg_restore. */
  readonly programs: number;
}

/** Copies tables without keys, indexes and triggers, or these. */
export async function copySchema(filling: Filling, section: Exclude<Section, "data">): Promise<void> {
  await copy(filling, section, filling.server.maker);
}

/**
 * Copies the rows, by a role that may write rows and little else: CHECKs and defaults of others run meanwhile. Tells how many rows each
 * table of the target has, counted beside it in the same snapshot.
 */
export async function copyRows(filling: Filling, source: Connection): Promise<readonly TableCount[]> {
  const counting = countTables(source, filling.original);
  // Of a copy that failed, nobody asks for it.
  counting.catch(() => {});
  await copy(filling, "data", filling.server.loader);
  return counting;
}

/** A table, and its rows on the target. */
export interface TableCount {
  readonly table: string;
  readonly rows: number;
}

async function countTables(source: Connection, { leftOut }: Original): Promise<readonly TableCount[]> {
  const hidden = leftOut.map(({ name }) => name);
  const counts: TableCount[] = [];
  for (const table of await listFilledTables(source.sql)) {
    if (hidden.includes(table)) continue;
    counts.push({ table, rows: (await countRowsOf(source.sql, table)) ?? 0 });
  }
  return counts;
}

/** The same on the copy, side by side. */
export async function compareCounts(copy: Connection, counts: readonly TableCount[]): Promise<CopyLook["rows"]> {
  const rows: CopyLook["rows"][number][] = [];
  for (const { table, rows: target } of counts) rows.push({ table, target, copy: await countRowsOf(copy.sql, table) });
  return rows;
}

async function copy(
  { options, original, programs: major }: Filling,
  section: Section,
  to: CopyServer["maker"],
): Promise<void> {
  const { environment, target, signal } = options;
  // A dump is no application that reads: where this role may, it leaves no trace in the statistics of statements.
  const quiet = original.database.mayHide ? ["-c pg_stat_statements.track=none"] : [];
  const fast = ["-c synchronous_commit=off", "-c maintenance_work_mem=256MB"];
  await copySection({
    section,
    snapshot: original.snapshot,
    leftOut: original.leftOut.map(({ pattern }) => pattern),
    lockWaitMs,
    from: childEnvironment(target, { options: quiet, major }, environment),
    to: childEnvironment(to, { options: fast, major }, environment),
    signal,
  });
}

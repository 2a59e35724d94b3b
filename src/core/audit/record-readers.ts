import { type Connection, connect } from "../../db/connection.ts";
import { refuseUnfitToWrite } from "../../db/preflight.ts";
import { listDeprecatedColumns } from "../../db/queries/deprecated-columns.ts";
import { readReaders, type Unobserved } from "../../db/queries/readers.ts";
import { type ReaderAsks, readVerdicts } from "../../db/queries/verdicts.ts";
import { describeTarget, type Target } from "../../db/target.ts";
import { loadEngine } from "../../migrations/engine-files.ts";
import { refuseUnfitEngine } from "../../migrations/refuse-upgrade.ts";
import { byDeprecation } from "../../model/deprecated-column.ts";
import { SsotError } from "../../model/errors.ts";
import type { Excused } from "../../model/excused.ts";
import type { UpkeepOptions } from "../open-run.ts";
import { openStandbys, type Standbys } from "./standbys.ts";
import { upgradeEngine } from "./upgrade-engine.ts";

export interface RecordOptions extends UpkeepOptions {
  /** Standbys to ask as well. */
  readonly replicas: readonly Target[];
  /** Roles to excuse from now on, until the end of a day; null: for good. */
  readonly allow: Excused;
  /** What else is asked of readers, to tell those that close the gate. */
  readonly reads?: ReaderAsks["reads"];
}

export interface RecordReport {
  readonly command: "audit";
  readonly recorded: {
    /** This server, as an empty name, and each standby that was asked. */
    readonly sources: readonly string[];
    /** Statements that read the deprecated columns, as far as they are known. */
    readonly readers: number;
    /** Those among them that keep the drop's gate closed. */
    readonly reasons: number;
    readonly excused: readonly string[];
  };
  readonly unobserved: readonly Unobserved[];
}

/**
 * Keeps who reads the deprecated columns, by what pg_stat_statements has counted since the last time. Writes rows of its own in
 * schema ssot and nothing else; takes the run lock only where the engine is an older one, which is upgraded first. Throws
 * PREFLIGHT where nothing was ever deprecated.
 */
export async function recordReaders(options: RecordOptions): Promise<RecordReport> {
  const { target, progress, replicas, allow, reads } = options;
  const engine = await loadEngine(options.engineDirectory);
  const connection = await connect(target);
  let standbys: Standbys | undefined;
  try {
    progress.onTarget?.(describeTarget(target), connection.serverVersion);
    await refuseUnfitToWrite(connection, target, options.trustRoles);
    const installed = await refuseUnfitEngine(connection, engine, options.trustRoles);
    const columns = await listDeprecatedColumns(connection.sql);
    if (columns.length === 0) {
      throw new SsotError("PREFLIGHT", "nothing is deprecated in this database: there is nobody to look for", {
        hint: "ssot migrate deprecates the columns.",
      });
    }
    if (installed?.version !== engine.version || installed.moving) await upgradeEngine(options, engine);
    standbys = await openStandbys(connection, replicas);
    const migrations = [...byDeprecation(columns.filter(({ present }) => present)).keys()];
    const kept = [];
    for (const migration of migrations) {
      await excuse(connection, migration, allow);
      kept.push(await recordOne(connection, migration, standbys, reads));
    }
    return {
      command: "audit",
      recorded: {
        sources: ["", ...replicas.map(({ host, port, database }) => `${host}:${port}/${database}`)],
        readers: kept.reduce((sum, { readers }) => sum + readers, 0),
        reasons: kept.reduce((sum, { reasons }) => sum + reasons, 0),
        excused: Object.keys(allow),
      },
      unobserved: kept.flatMap(({ unobserved }) => unobserved),
    };
  } finally {
    await standbys?.close();
    await connection.close();
  }
}

async function excuse({ sql }: Connection, migration: string, allow: RecordOptions["allow"]): Promise<void> {
  for (const [role, until] of Object.entries(allow)) {
    await sql`select ssot.excuse(${migration}, ${role}, ${until}::text::date)`;
  }
}

async function recordOne(
  { sql }: Connection,
  migration: string,
  standbys: Standbys,
  reads: ReaderAsks["reads"],
): Promise<{ readonly readers: number; readonly reasons: number; readonly unobserved: readonly Unobserved[] }> {
  const verdicts = await readVerdicts(sql, migration, { reads, standbys: await standbys.look(migration) });
  await sql`select ssot.record_readers(${migration}, ${verdicts}::text::jsonb)`;
  const { readers, unobserved } = await readReaders(sql, migration, verdicts);
  return {
    readers: readers.length,
    reasons: readers.filter(({ weight }) => weight === "reason").length,
    unobserved,
  };
}

import type { Sql } from "postgres";
import { type Connection, connect } from "../db/connection.ts";
import { refuseClosedDoors, refuseForeignSchema, refuseOldServer, refuseUnfitToWrite } from "../db/preflight.ts";
import { listKeptOf, measureRows, removeRows } from "../db/queries/kept-of-deprecation.ts";
import { type KeptData, listKeptTables, measureTables } from "../db/queries/personal-data.ts";
import { findDeprecation } from "../migrations/deprecations.ts";
import { loadEngine } from "../migrations/engine-files.ts";
import { readHistory, statesOf } from "../migrations/history.ts";
import { loadMigrations } from "../migrations/load-migrations.ts";
import { refuseUnfitEngine } from "../migrations/refuse-upgrade.ts";
import { isLockProblem, retryLocked } from "../migrations/retry-locked.ts";
import { SsotError } from "../model/errors.ts";
import type { Migration } from "../model/migration.ts";
import { type Run, type RunOptions, type UpkeepOptions, withRun } from "./open-run.ts";
import { readyEngine } from "./ready-engine.ts";

export interface FinalizeReport {
  readonly command: "finalize";
  readonly dryRun: boolean;
  /** What was removed, or in a dry run would be; tables that hold nothing are left out. */
  readonly removed: readonly KeptData[];
  /** The migration of the only deprecation that it is about; absent: all. */
  readonly deprecation?: string;
}

interface Reach {
  /** One deprecation alone, by the name or the digits of its mark or its drop. */
  readonly only?: string | undefined;
}

/**
 * Ends reversibility: removes everything that a rollback would put back, and every other value of calls and contacts
 * that the tool keeps, in one transaction. Applied migrations stay applied and known. Throws GATE while a migration is
 * half-way, whose journal is still needed, and LOCK_TIMEOUT; then nothing was removed.
 */
export async function finalize(options: UpkeepOptions & Reach): Promise<FinalizeReport> {
  const migrations = await loadMigrations(options.directory);
  const only = chosen(migrations, options);
  const engine = await loadEngine(options.engineDirectory);
  return withRun(
    options,
    async (connection) => {
      await refuseUnfitToWrite(connection, options.target, options.trustRoles);
      await refuseUnfitEngine(connection, engine, options.trustRoles);
    },
    async (run) => {
      const installed = await refuseUnfitEngine(run.connection, engine, options.trustRoles);
      await refuseHalfWay(run.connection, migrations);
      if (installed !== undefined) await readyEngine(run, engine, migrations, options);
      return {
        command: "finalize",
        dryRun: false,
        removed: await removeUntilLocked(run, options, only),
        ...about(only),
      };
    },
  );
}

/** What `finalize` would remove. Changes nothing; refuses what `finalize` would refuse. */
export async function planFinalize(
  options: Pick<UpkeepOptions, "target" | "directory" | "engineDirectory" | "trustRoles"> & Reach,
): Promise<FinalizeReport> {
  const migrations = await loadMigrations(options.directory);
  const only = chosen(migrations, options);
  const engine = await loadEngine(options.engineDirectory);
  const connection = await connect(options.target);
  const { sql } = connection;
  try {
    await connection.execute("begin transaction isolation level repeatable read, read only");
    refuseOldServer(connection);
    await refuseClosedDoors(connection);
    await refuseForeignSchema(connection, options.trustRoles);
    await refuseUnfitEngine(connection, engine, options.trustRoles);
    await refuseHalfWay(connection, migrations);
    const removed =
      only === undefined
        ? await measureTables(sql, await listKeptTables(sql))
        : await measureRows(sql, await listKeptOf(sql, only));
    return { command: "finalize", dryRun: true, removed, ...about(only) };
  } finally {
    await connection.execute("rollback").catch(() => []);
    await connection.close();
  }
}

type Only = { readonly mark: string; readonly drop: string | undefined } | undefined;

function chosen(migrations: readonly Migration[], { only }: Reach): Only {
  if (only === undefined) return undefined;
  const { mark, drop } = findDeprecation(migrations, only);
  return { mark: mark.name, drop: drop?.name };
}

function about(only: Only): Pick<FinalizeReport, "deprecation"> {
  return only === undefined ? {} : { deprecation: only.mark };
}

async function refuseHalfWay(connection: Connection, migrations: readonly Migration[]): Promise<void> {
  const half = statesOf(migrations, await readHistory(connection)).find(({ state }) => state === "partial");
  if (half === undefined) return;
  throw new SsotError("GATE", `${half.name} is half-way, and needs its journal to go on`, {
    hint: `Nothing was removed. End it first: ssot ${half.interrupted ?? "migrate"}`,
  });
}

async function removeUntilLocked(
  { connection, blockers, lockTimeoutMs }: Run,
  { lockTries, signal, progress }: RunOptions,
  only: Only,
): Promise<readonly KeptData[]> {
  const work = (): Promise<readonly KeptData[]> =>
    only === undefined ? remove(connection.sql, lockTimeoutMs) : removeOf(connection.sql, lockTimeoutMs, only);
  try {
    return await retryLocked(() => connection.inTransaction(work), {
      lockTries,
      blockers,
      signal,
      onRetry: (attempt, who) => progress.onRetry?.("finalize", attempt, who),
    });
  } catch (error) {
    if (signal?.aborted) throw new SsotError("INTERRUPTED", "interrupted; nothing was removed", { cause: error });
    if (!isLockProblem(error)) throw error;
    const who = blockers.lastSeen();
    const by = who.length === 0 ? "" : `, blocked by ${who.join("; ")}`;
    throw new SsotError("LOCK_TIMEOUT", `no lock could be had on what the tool keeps${by}`, {
      cause: error,
      hint: "Nothing was removed. Safe to retry.",
    });
  }
}

async function remove(sql: Sql, lockTimeoutMs: number): Promise<readonly KeptData[]> {
  await sql.unsafe(`set local lock_timeout = ${lockTimeoutMs}`);
  const tables = await listKeptTables(sql);
  if (tables.length === 0) return [];
  // Counted under the lock: what is told is what goes.
  await sql.unsafe(`lock table ${tables.join(", ")} in access exclusive mode`);
  const removed = await measureTables(sql, tables);
  await sql.unsafe(`truncate ${tables.join(", ")}`);
  const [known] = await sql<{ ledger: boolean }[]>`select to_regclass('ssot.ledger') is not null as ledger`;
  if (known?.ledger) {
    const counts = Object.fromEntries(removed.map(({ table, rows }) => [table, rows]));
    await sql`insert into ssot.finalization (removed) values (${sql.json(counts)})`;
  } else {
    // All that a complete rollback had left.
    await sql.unsafe("drop table ssot.unrestored; drop schema ssot");
  }
  return removed;
}

async function removeOf(sql: Sql, lockTimeoutMs: number, only: NonNullable<Only>): Promise<readonly KeptData[]> {
  await sql.unsafe(`set local lock_timeout = ${lockTimeoutMs}`);
  const removed = await removeRows(sql, await listKeptOf(sql, only));
  if (removed.length === 0) return [];
  const counts = Object.fromEntries(removed.map(({ table, rows }) => [table, rows]));
  await sql`insert into ssot.finalization (removed, deprecation) values (${sql.json(counts)}, ${only.mark})`;
  return removed;
}

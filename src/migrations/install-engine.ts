import type { Connection } from "../db/connection.ts";
import { isConnectionLoss, sqlStateOf } from "../db/connection-error.ts";
import { SsotError } from "../model/errors.ts";
import type { Migration } from "../model/migration.ts";
import { quoteLiteral } from "../sql/quote-literal.ts";
import type { Engine } from "./engine-files.ts";
import { fileAt } from "./engine-files.ts";
import { readEngineState, refuseNewerEngine } from "./engine-state.ts";
import { isLockProblem, type RetryOptions, retryLocked } from "./retry-locked.ts";

export interface InstallOptions extends RetryOptions {
  readonly lockTimeoutMs: number;
}

/**
 * Gives a database this engine: in one transaction where it has none or an older one, whose rows are moved afterwards, in
 * portions that commit. Where nothing is to be done that costs one query. Throws ENGINE_NEWER, LOCK_TIMEOUT, INTERRUPTED and
 * MIGRATION_FAILED, all of which say what was left.
 */
export async function ensureEngine(
  connection: Connection,
  engine: Engine,
  migrations: readonly Migration[],
  options: InstallOptions,
): Promise<void> {
  const installed = await readEngineState(connection.sql);
  refuseNewerEngine(engine, installed);
  if (installed?.version === engine.version && !installed.moving) return;
  if (installed?.version !== engine.version) {
    const what = installed === undefined ? "installed" : `upgraded from ${installed.version} to ${engine.version}`;
    const failure = { what: `the engine could not be ${what}`, left: "nothing was changed" };
    await attempt(failure, engine, options, () => install(connection, engine, migrations, options.lockTimeoutMs));
  }
  const failure = {
    what: "rows of the former engine could not be moved",
    left: "what was moved is kept, and the same command goes on",
  };
  await attempt(failure, engine, options, async () => {
    await connection.execute(`set lock_timeout = ${options.lockTimeoutMs}`);
    await connection.execute("call ssot.finish_upgrade(true)");
  });
}

/** The text that installs an engine, for one transaction; checksums of texts that were replaced become those of today's. */
export function installText(engine: Engine, migrations: readonly Migration[]): string {
  return installTexts(engine, migrations).join("\n");
}

/** The same, file by file: each holds whole statements. */
export function installTexts(engine: Engine, migrations: readonly Migration[]): readonly string[] {
  return [...engine.files.map(({ sql }) => sql), ...renewChecksums(migrations)];
}

/**
 * Takes an engine out of a database where no migration is applied; does nothing where there is none. Throws LOCK_TIMEOUT,
 * INTERRUPTED and ROLLBACK_FAILED, where something of somebody's stands on it: all migrations are taken back then.
 */
export async function removeEngine(connection: Connection, engine: Engine, options: InstallOptions): Promise<void> {
  const { sql, execute } = connection;
  const [row] = await sql<{ present: boolean }[]>`select to_regclass('ssot.ledger') is not null as present`;
  if (!row?.present) return;
  const failure = {
    what: "the engine could not be removed",
    left: "all migrations are taken back, schema ssot is still there",
    code: "ROLLBACK_FAILED",
  } as const;
  await attempt(failure, engine, options, async () => {
    await execute(`set lock_timeout = ${options.lockTimeoutMs}`);
    await execute(engine.uninstall);
  });
}

function install(
  { inTransaction, execute }: Connection,
  engine: Engine,
  migrations: readonly Migration[],
  lockTimeoutMs: number,
): Promise<void> {
  return inTransaction(async () => {
    // That the bodies are right is tested where the engine is built; PostgreSQL need not read each of them twice.
    await execute(`set local lock_timeout = ${lockTimeoutMs}; set local check_function_bodies = off`);
    await execute(installText(engine, migrations));
  });
}

// So that an ssot that knows the former texts alone sees that its own way back is none any more. An upgrade marks them.
function renewChecksums(migrations: readonly Migration[]): readonly string[] {
  const replaced = migrations.filter(({ replaces }) => replaces.length > 0);
  if (replaced.length === 0) return [];
  const values = replaced.map(({ name, checksum, replaces }) => {
    return `(${quoteLiteral(name)}, ${quoteLiteral(checksum)}, array[${replaces.map(quoteLiteral).join(", ")}])`;
  });
  return [
    `update ssot.run as r set checksum = v.checksum
from (values ${values.join(",\n  ")}) as v(name, checksum, replaced)
where r.name = v.name and regexp_replace(r.checksum, '^upgraded:', '') = any (v.replaced);`,
  ];
}

async function attempt(
  {
    what,
    left,
    code = "MIGRATION_FAILED",
  }: { readonly what: string; readonly left: string; readonly code?: "MIGRATION_FAILED" | "ROLLBACK_FAILED" },
  engine: Engine,
  options: InstallOptions,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await retryLocked(work, options);
  } catch (error) {
    if (isConnectionLoss(error)) throw error;
    const hint = `${left.slice(0, 1).toUpperCase()}${left.slice(1)}.`;
    if (options.signal?.aborted) {
      throw new SsotError("INTERRUPTED", `interrupted: ${left}`, { cause: error });
    }
    if (isLockProblem(error)) {
      const who = options.blockers.lastSeen();
      const by = who.length === 0 ? "" : `, blocked by ${who.join("; ")}`;
      throw new SsotError("LOCK_TIMEOUT", `${what}: no lock could be had${by}; ${left}`, {
        cause: error,
        hint: "Safe to retry.",
      });
    }
    const message = error instanceof Error ? error.message : String(error);
    if (sqlStateOf(error) === "SS004") throw new SsotError("ENGINE_NEWER", message, { cause: error, hint });
    const where = [sqlStateOf(error), fileAt(engine, error)].flatMap((part) => part ?? []).join(", ");
    throw new SsotError(code, `${what}: ${message}${where === "" ? "" : ` (${where})`}; ${left}`, {
      cause: error,
    });
  }
}

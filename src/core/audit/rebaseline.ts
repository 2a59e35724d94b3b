import { schema } from "../../../verify/schema.ts";
import { ask } from "../../checks/ask.ts";
import type { Connection } from "../../db/connection.ts";
import { refuseUnfitToWrite } from "../../db/preflight.ts";
import { loadEngine } from "../../migrations/engine-files.ts";
import { loadMigrations } from "../../migrations/load-migrations.ts";
import { refuseUnfitEngine } from "../../migrations/refuse-upgrade.ts";
import { SsotError } from "../../model/errors.ts";
import { type UpkeepOptions, withRun } from "../open-run.ts";
import { readyEngine } from "../ready-engine.ts";
import { listDeprecated } from "../status.ts";

export interface RebaselineReport {
  readonly command: "audit";
  /** Null: the witness was as it was sworn in, and nothing was changed. */
  readonly rebaselined: { readonly since: Date; readonly dropAfter: Date } | null;
}

/**
 * Swears the witness in again, as after a restore or an upgrade of the server, which give triggers and functions new
 * identities. The month of silence before the drop begins anew. Throws GATE where triggers or functions are not those
 * that the migration makes: nothing is changed then.
 */
export async function rebaseline(options: UpkeepOptions): Promise<RebaselineReport> {
  const migrations = await loadMigrations(options.directory);
  const engine = await loadEngine(options.engineDirectory);
  return withRun(
    options,
    async (connection) => {
      await refuseUnfitToWrite(connection, options.target, options.trustRoles);
      await refuseUnfitEngine(connection, engine, options.trustRoles);
    },
    async (run) => {
      await refuseUnfitEngine(run.connection, engine, options.trustRoles);
      if (!(await isTouched(run.connection))) return { command: "audit", rebaselined: null };
      await readyEngine(run, engine, migrations, options);
      return { command: "audit", rebaselined: await swearIn(run.connection) };
    },
  );
}

/** Whether the witness is another one than was sworn in. Throws GATE where there is none, or not the one that is made. */
async function isTouched(connection: Connection): Promise<boolean> {
  const { sql } = connection;
  if ((await listDeprecated(connection)).length === 0) {
    throw new SsotError("GATE", "no column is deprecated: there is no witness to swear in");
  }
  const [untouched, ...asMade] = ["witness", "triggers", "functions"].map((id) =>
    schema.checks.find((check) => check.id === id && check.kind === "query"),
  );
  for (const check of asMade) {
    if (check?.kind !== "query") throw new Error("the suite schema has lost a check");
    const broken = await ask(sql, check.sql, { org: null });
    if (broken.length === 0) continue;
    const names = broken.map(({ name, problem }) => `${String(name)} ${String(problem)}`).join(", ");
    throw new SsotError("GATE", `the witness is not the one that its migration makes: ${names}`, {
      hint: "Nothing was changed. ssot rollback and ssot migrate make a new one.",
    });
  }
  if (untouched?.kind !== "query") throw new Error("the suite schema has lost a check");
  return (await ask(sql, untouched.sql, { org: null })).length > 0;
}

async function swearIn(connection: Connection): Promise<RebaselineReport["rebaselined"]> {
  const { sql, inTransaction } = connection;
  const deprecated = await listDeprecated(connection);
  await inTransaction(async () => {
    for (const migration of new Set(deprecated.map((column) => column.migration))) {
      await sql`select ssot.swear_in(${migration})`;
      await sql`update ssot.ledger set run_on = now() at time zone 'UTC' where name = ${migration}`;
    }
  });
  const [first] = await listDeprecated(connection);
  if (first === undefined) throw new Error("the columns went while their witness was sworn in");
  return { since: first.since, dropAfter: first.dropAfter };
}

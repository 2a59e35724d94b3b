import { schema } from "../../../verify/schema.ts";
import { ask } from "../../checks/ask.ts";
import { migrationNames } from "../../checks/migration-names.ts";
import { refuseOldServer, refusePooler } from "../../db/preflight.ts";
import { SsotError } from "../../model/errors.ts";
import { type Run, type RunOptions, withRun } from "../open-run.ts";
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
export async function rebaseline(options: RunOptions): Promise<RebaselineReport> {
  return withRun(
    options,
    async (connection) => {
      refuseOldServer(connection);
      await refusePooler(connection, options.target);
    },
    (run) => swearIn(run),
  );
}

async function swearIn({ connection }: Run): Promise<RebaselineReport> {
  const { sql, inTransaction } = connection;
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
    throw new SsotError("GATE", `the witness is not the one that migration 4 makes: ${names}`, {
      hint: "Nothing was changed. ssot rollback and ssot migrate make a new one.",
    });
  }
  if (untouched?.kind !== "query") throw new Error("the suite schema has lost a check");
  if ((await ask(sql, untouched.sql, { org: null })).length === 0) return { command: "audit", rebaselined: null };
  await inTransaction(async () => {
    await sql`select ssot.swear_in()`;
    await sql`
      update ssot.ledger set run_on = now() at time zone 'UTC' where name = ${migrationNames.deprecate}`;
  });
  const [deprecated] = await listDeprecated(connection);
  if (deprecated === undefined) throw new Error("the columns went while their witness was sworn in");
  return { command: "audit", rebaselined: { since: deprecated.since, dropAfter: deprecated.dropAfter } };
}

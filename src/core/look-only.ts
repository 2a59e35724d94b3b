import { applySettings, type Connection, connect } from "../db/connection.ts";
import { bulkSettings, setStatements } from "../db/session-settings.ts";
import { describeTarget, type Target } from "../db/target.ts";
import type { Progress } from "./progress.ts";

export interface LookOptions {
  readonly target: Target;
  readonly progress?: Progress | undefined;
}

/** Looks at a database from one read-only snapshot, in a session of its own. */
export async function lookOnly<T>(
  { target, progress }: LookOptions,
  look: (connection: Connection) => Promise<T>,
): Promise<T> {
  const connection = await connect(target);
  try {
    progress?.onTarget?.(describeTarget(target), connection.serverVersion);
    return await inSnapshot(connection, () => look(connection));
  } finally {
    await connection.close();
  }
}

/** The same in a session that is there. Not to be called inside a transaction. */
export async function inSnapshot<T>(connection: Connection, look: () => Promise<T>): Promise<T> {
  await connection.execute("begin transaction isolation level repeatable read, read only");
  try {
    // One transaction is one session through any pooler.
    if (connection.pooled) await applySettings(connection, { forTransaction: true });
    // The sets of a plan have no statistics; taken for small ones, they would be joined row by row, or by a part of their keys.
    await connection.execute(
      `set local enable_nestloop = off; set local enable_mergejoin = off; ${setStatements(bulkSettings, { local: true })}`,
    );
    return await look();
  } finally {
    await connection.execute("rollback").catch(() => []);
  }
}

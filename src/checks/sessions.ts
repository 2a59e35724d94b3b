import { applySettings, type Connection, connect } from "../db/connection.ts";
import { listLoudTriggers } from "../db/queries/loud-triggers.ts";
import { listForeignCode } from "../db/queries/trusted-code.ts";
import { bulkSettings, setStatements } from "../db/session-settings.ts";
import type { Target } from "../db/target.ts";
import { borrowOrganisations } from "./borrow.ts";
import type { Probe } from "./probe.ts";

export interface SessionOptions {
  readonly target: Target;
  /** How long one check may take, in seconds. */
  readonly timeoutSeconds: number;
  /** Roles whose code probes may run. */
  readonly trustRoles?: readonly string[] | undefined;
  readonly onSql?: ((text: string) => void) | undefined;
}

/** Opens a session inside one read-only transaction with one snapshot, which every read-only check shares. */
export async function openSnapshot({ target, timeoutSeconds, onSql }: SessionOptions): Promise<Connection> {
  const connection = await connect(target, { onlyReads: true, onQuery: onSql });
  try {
    if (!connection.pooled) {
      await connection.execute(
        "set default_transaction_read_only = on; begin isolation level repeatable read, read only",
      );
    }
    await connection.execute(
      [
        // Rows that a policy hides from this role would be missing without a word: an error is the honest answer.
        "set local row_security = off",
        setStatements(bulkSettings, { local: true }),
        limits(timeoutSeconds),
      ].join("; "),
    );
    return connection;
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/** Runs work behind a savepoint: what it set is taken back, and so is its failure, which is thrown on. */
export async function attempt<T>({ execute }: Connection, work: () => Promise<T>): Promise<T> {
  await execute("savepoint attempt");
  try {
    return await work();
  } finally {
    await execute("rollback to savepoint attempt; release savepoint attempt");
  }
}

/** A session for probes, opened when the first of them is asked. */
export class ProbeSession {
  readonly #options: SessionOptions;
  readonly #warnings: string[] = [];
  #connection: Connection | undefined;
  #loud: readonly string[] | undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
  }

  /** Runs a probe in a transaction that is rolled back whatever happens, or gives the reason why none may run. */
  async run<T>(
    context: Pick<Probe, "threshold" | "measure">,
    work: (probe: Probe) => Promise<T>,
  ): Promise<{ readonly found: T } | { readonly skip: string }> {
    const connection = await this.#open();
    const { sql, execute } = connection;
    this.#warnings.length = 0;
    await execute("begin isolation level read committed read write");
    try {
      if (connection.pooled) await applySettings(connection, { forTransaction: true });
      await execute(limits(this.#options.timeoutSeconds));
      // What they do outside the database, a rollback does not take back.
      this.#loud ??= await listLoudTriggers(sql);
      if (this.#loud.length > 0) {
        const list = this.#loud.join(", ");
        return { skip: `a trigger of others would fire, and what it tells others is not rolled back: ${list}` };
      }
      if (!(await mayMakeTemporary(sql))) {
        return {
          skip: "this role may not make temporary tables (TEMPORARY on the database), which keep a probe from committing",
        };
      }
      await execute(neverCommit);
      const planted = await openPath(connection, this.#options.trustRoles);
      if (planted !== undefined) return { skip: planted };
      const organisations = await borrowOrganisations(connection);
      if (organisations === undefined) return { skip: "there is no organisation, and none can be made for the probe" };
      const warnings = this.#warnings;
      return { found: await work({ ...context, ...organisations, sql, warnings }) };
    } finally {
      await execute("rollback");
    }
  }

  async close(): Promise<void> {
    await this.#connection?.close();
  }

  async #open(): Promise<Connection> {
    if (this.#connection !== undefined) return this.#connection;
    this.#connection = await connect(this.#options.target, {
      onQuery: this.#options.onSql,
      onNotice: ({ severity, message }) => {
        if (severity === "WARNING") this.#warnings.push(message);
      },
    });
    return this.#connection;
  }
}

async function mayMakeTemporary(sql: Connection["sql"]): Promise<boolean> {
  const [row] = await sql<{ may: boolean }[]>`select has_database_privilege(current_database(), 'TEMPORARY') as may`;
  return row?.may ?? false;
}

// The search path under which code of others finds what it names, as while a run changes rows. What a probe runs is read under it as well, so
// nobody who is not trusted may have put something of a known name there.
async function openPath({ sql, execute }: Connection, trusted: readonly string[] = []): Promise<string | undefined> {
  const [planted] = await listForeignCode(sql, trusted);
  if (planted !== undefined) return planted.what;
  const [engine] = await sql<{ older: boolean }[]>`select to_regprocedure('ssot.trigger_path()') is null as older`;
  await execute(
    engine?.older
      ? "select ssot.open_path()"
      : "select pg_catalog.set_config('search_path', ssot.trigger_path(), true)",
  );
  return undefined;
}

// A COMMIT inside a probe, such as a library's own transaction, ends in an error: this trigger is due at its end.
const neverCommit = `
  create temporary table ssot_never_commit (kept boolean) on commit drop;
  create function pg_temp.ssot_never_commit() returns trigger language plpgsql set search_path = '' as
    $$ begin raise exception 'a probe may not commit' using errcode = 'SS004'; end $$;
  create constraint trigger never after insert on pg_temp.ssot_never_commit deferrable initially deferred
    for each row execute function pg_temp.ssot_never_commit();
  insert into pg_temp.ssot_never_commit values (true);
  set local row_security = off`;

function limits(seconds: number): string {
  return `set local lock_timeout = '1s'; set local statement_timeout = '${seconds}s'`;
}

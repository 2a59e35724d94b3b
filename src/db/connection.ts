import postgres, { type Sql } from "postgres";
import { SsotError } from "../model/errors.ts";
import { connectionError } from "./connection-error.ts";
import { driverOptions } from "./driver-options.ts";
import { noteServer } from "./server-seen.ts";
import { newerSettings, sessionSettings, setStatements, setWhereKnown } from "./session-settings.ts";
import type { Target } from "./target.ts";

/** One session of its own. It never reconnects: locks and settings belong to the session, and would be gone unseen. */
export interface Connection {
  /** Typed, parametrised queries on the session. */
  readonly sql: Sql;
  readonly pid: number;
  /** Server version as PostgreSQL counts it: 170004. */
  readonly serverVersion: number;
  /** Somebody stands between: the server's process is not the one that answered the login. */
  readonly pooled: boolean;
  /** It has ended, and not by us. */
  readonly lost: boolean;
  /** Sends a text as it is (simple protocol, several statements allowed) and gives the rows of the last one. */
  execute(text: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /**
   * Runs work, which uses this session, inside one transaction; a failure rolls back and is thrown. Not by the driver's
   * `begin`, whose rollback on a lost connection ends the process (https://github.com/porsager/postgres/issues/1208).
   */
  inTransaction<T>(work: () => Promise<T>): Promise<T>;
  /** Sends texts one after the other inside one transaction, in the same way. */
  transaction(texts: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/** What the server says beside its answers. */
export interface Notice {
  readonly code: string;
  readonly severity: string;
  readonly message: string;
  readonly hint: string;
}

export interface ConnectOptions {
  /** Through a pooler, all that the session does happens in one read-only transaction: one server process, as it is lent. */
  readonly onlyReads?: boolean;
  /** Sees every statement that is sent, queries included. */
  readonly onQuery?: ((text: string) => void) | undefined;
  /** Sees every text that `execute` sends. */
  readonly onSql?: (text: string) => void;
  readonly onNotice?: (notice: Notice) => void;
}

const arrayTypes = {
  texts: { to: 1009, from: [], serialize: writeArray, parse: String },
  uuids: { to: 2951, from: [], serialize: writeArray, parse: String },
};

// PostgreSQL's own notation of an array, every element quoted.
function writeArray(elements: readonly (string | null)[]): string {
  const quoted = elements.map((text) => (text === null ? "null" : `"${text.replace(/["\\]/g, "\\$&")}"`));
  return `{${quoted.join(",")}}`;
}

/** Gives a session its settings. One that a pooler lends to others as well must not get them: they would meet them too. */
export async function applySettings(
  { execute }: Pick<Connection, "execute">,
  options: { readonly forTransaction?: boolean } = {},
): Promise<void> {
  const local = options.forTransaction ?? false;
  // One that waits for a lock says by itself how long.
  const ours = { ...sessionSettings, lock_timeout: "0", client_min_messages: "notice" };
  await execute(`${setStatements(ours, { local })}; ${setWhereKnown(newerSettings, String(local))}`);
  if (local) return;
  // Not every server platform has it.
  await execute("set client_connection_check_interval = '500ms'").catch(() => []);
}

/**
 * Opens a session with settings of its own and no time-outs of the role's or the server's. Throws UNREACHABLE or REFUSED_LOGIN.
 * A server that can, ends its work within half a second of the client's death. Through a pooler the session has no
 * settings of its own yet: `applySettings` gives them once it is known to be nobody else's.
 */
export async function connect(target: Target, options: ConnectOptions = {}): Promise<Connection> {
  let lost = false;
  let open = false;
  const sql = postgres({
    ...driverOptions(target),
    max: 1,
    max_lifetime: null,
    idle_timeout: 0,
    prepare: false,
    // The driver would ask the catalog for them by itself, and nobody could catch the failure of that.
    fetch_types: false,
    types: arrayTypes,
    connection: {
      application_name: "ssot",
      ...(target.options === undefined ? {} : { options: target.options }),
    },
    ...(options.onQuery === undefined ? {} : { debug: (_: number, text: string) => options.onQuery?.(text) }),
    onnotice: (notice) =>
      options.onNotice?.({
        code: notice.code ?? "",
        severity: notice.severity ?? "",
        message: notice.message ?? "",
        hint: notice.hint ?? "",
      }),
    onclose: () => {
      lost = open;
      // Else the next query would quietly get a session without the lock and the settings.
      if (lost) void sql.end({ timeout: 0 });
    },
  });
  async function execute(text: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
    if (lost) throw new SsotError("UNREACHABLE", "the connection to the database was lost");
    options.onSql?.(text);
    return lastRows(await sql.unsafe(text));
  }
  async function inTransaction<T>(work: () => Promise<T>): Promise<T> {
    try {
      await execute("begin");
      const result = await work();
      await execute("commit");
      return result;
    } catch (error) {
      await execute("rollback").catch(() => []);
      throw error;
    }
  }
  try {
    const first = await sql<{ pid: number; version: string }[]>`
      select pg_catalog.pg_backend_pid() as pid, pg_catalog.current_setting('server_version_num') as version`;
    const [row] = first;
    const pooled = first.state.pid !== row?.pid;
    if (!pooled) await applySettings({ execute });
    else if (options.onlyReads) {
      await execute("begin isolation level repeatable read, read only");
      await applySettings({ execute }, { forTransaction: true });
    }
    open = true;
    noteServer(target, Number(row?.version ?? 0));
    return {
      sql,
      pid: row?.pid ?? 0,
      serverVersion: Number(row?.version ?? 0),
      pooled,
      get lost() {
        return lost;
      },
      execute,
      inTransaction,
      transaction: (texts) =>
        inTransaction(async () => {
          for (const text of texts) await execute(text);
        }),
      close: () => {
        open = false;
        return sql.end({ timeout: 2 });
      },
    };
  } catch (error) {
    await sql.end({ timeout: 0 });
    throw connectionError(error, target);
  }
}

// A text of several statements answers with one result a statement.
function lastRows(result: unknown): readonly Readonly<Record<string, unknown>>[] {
  if (!Array.isArray(result)) return [];
  const last: unknown = result.at(-1);
  return Array.isArray(last) ? last : result;
}

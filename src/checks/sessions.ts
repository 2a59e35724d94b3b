import { randomUUID } from "node:crypto";
import { applySettings, type Connection, connect } from "../db/connection.ts";
import { type LoudTrigger, listLoudTriggers } from "../db/queries/loud-triggers.ts";
import { missionTables } from "../db/queries/touched-tables.ts";
import { listForeignCode } from "../db/queries/trusted-code.ts";
import { bulkSettings, setStatements } from "../db/session-settings.ts";
import type { Target } from "../db/target.ts";
import { quoteLiteral } from "../sql/quote-literal.ts";
import { borrowOrganisations, type OrganisationNeeds, readOrganisationNeeds } from "./borrow.ts";
import { CheckError } from "./check-error.ts";
import { makeCopies } from "./copies.ts";
import type { ProbeCheck } from "./define.ts";
import type { Probe } from "./probe.ts";

export interface SessionOptions {
  readonly target: Target;
  /** How long one check may take, in seconds. */
  readonly timeoutSeconds: number;
  /** Roles whose code probes may run. */
  readonly trustRoles?: readonly string[] | undefined;
  readonly onSql?: ((text: string) => void) | undefined;
}

export interface ProbeOptions extends SessionOptions {
  /** The story is the mission's: probes are given organisations. */
  readonly mission: boolean;
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
  // Nobody waits for its answer: the session takes what it is sent in order.
  const saved = execute("savepoint attempt");
  try {
    const [done] = await Promise.all([work(), saved]);
    return done;
  } finally {
    await execute("rollback to savepoint attempt; release savepoint attempt");
  }
}

/** A session for probes, opened when the first of them is asked. */
export class ProbeSession {
  readonly #options: ProbeOptions;
  readonly #warnings: string[] = [];
  #connection: Connection | undefined;
  #surroundings: Surroundings | undefined;
  #copyFailure: string | undefined;

  constructor(options: ProbeOptions) {
    this.#options = options;
  }

  /**
   * Runs a probe in a transaction that is rolled back whatever happens, or gives the reason why none may run. Where a trigger of others would
   * tell somebody, it runs on empty copies. Throws once where these cannot be made.
   */
  async run<T>(
    {
      probe: work,
      audits,
      deletes,
    }: Pick<ProbeCheck, "audits" | "deletes"> & { readonly probe: (probe: Probe) => Promise<T> },
    context: Pick<Probe, "threshold" | "measure">,
  ): Promise<{ readonly found: T } | { readonly skip: string }> {
    const connection = await this.#open();
    const { sql, execute } = connection;
    this.#warnings.length = 0;
    const begin = "begin isolation level read committed read write";
    const within = limits(this.#options.timeoutSeconds);
    await execute(connection.pooled ? begin : `${begin}; ${within}`);
    try {
      if (connection.pooled) {
        await applySettings(connection, { forTransaction: true });
        await execute(within);
      }
      this.#surroundings ??= await readSurroundings(sql, this.#options);
      const { loud, mayMakeTemporary, mayBeReplica, planted, path } = this.#surroundings;
      if (!mayMakeTemporary) {
        return {
          skip: "this role may not make temporary tables (TEMPORARY on the database), which keep a probe from committing",
        };
      }
      if (planted !== undefined) return { skip: planted };
      await execute(`${neverCommit}; select set_config('search_path', ${quoteLiteral(path)}, true)`);
      // What they do outside the database, a rollback does not take back.
      const telling = loud.filter(({ onAudit, onDelete }) => (audits ?? !onAudit) && (deletes ?? !onDelete));
      const needsCopies = telling.length > 0 && audits !== true && deletes !== true;
      if (telling.length > 0 && !needsCopies) {
        const names = telling.map(({ name }) => name).join(", ");
        if (deletes === true || !mayBeReplica || telling.some(({ always }) => always)) {
          return { skip: `a trigger of others would fire, and what it tells others is not rolled back: ${names}` };
        }
        await execute("set local session_replication_role = replica");
      }
      const needs = this.#surroundings.organisations;
      const organisations = needs === undefined ? nobodys() : await borrowOrganisations(connection, needs);
      if (organisations === undefined) return { skip: "there is no organisation, and none can be made for the probe" };
      const session = needsCopies ? await this.#copies(connection, telling) : sql;
      if (typeof session === "string") return { skip: session };
      const warnings = this.#warnings;
      return { found: await work({ ...context, ...organisations, sql: session, warnings }) };
    } finally {
      await execute("rollback");
    }
  }

  async #copies(connection: Connection, telling: readonly LoudTrigger[]): Promise<Connection["sql"] | string> {
    if (this.#copyFailure !== undefined) return this.#copyFailure;
    try {
      return await makeCopies(connection);
    } catch (error) {
      this.#copyFailure = "a trigger of others would fire, and no copy of the tables could be made, as was said once";
      const names = telling.map(({ name }) => name).join(", ");
      const why = error instanceof Error && "code" in error ? ` (SQLSTATE ${String(error.code)})` : "";
      throw new CheckError(
        `a trigger of others would fire (${names}), and no empty copy of the tables can be made${why}`,
      );
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

/** What all probes of a run meet. */
interface Surroundings {
  readonly loud: readonly LoudTrigger[];
  readonly mayMakeTemporary: boolean;
  readonly mayBeReplica: boolean;
  /** Why what a probe runs would not be ours. */
  readonly planted: string | undefined;
  /**
   * The search path under which code of others finds what it names, as while a run changes rows. What a probe runs is read under it as
   * well, so nobody who is not trusted may have put something of a known name there.
   */
  readonly path: string;
  /** Undefined: the story is not the mission's, and there may be no table of them. */
  readonly organisations: OrganisationNeeds | undefined;
}

async function readSurroundings(
  sql: Connection["sql"],
  { mission, trustRoles = [] }: ProbeOptions,
): Promise<Surroundings> {
  const loud = await listLoudTriggers(sql);
  const [planted] = await listForeignCode(sql, trustRoles, mission ? missionTables : []);
  const [may] = await sql<{ temporary: boolean; replica: boolean; present: boolean; first: boolean }[]>`
    select has_database_privilege(current_database(), 'TEMPORARY') as temporary,
           has_parameter_privilege('session_replication_role', 'SET') as replica,
           to_regprocedure('ssot.trigger_path()') is not null as present, to_regprocedure('ssot.open_path()') is not null as first`;
  const [path] = may?.present
    ? await sql<{ path: string }[]>`select ssot.trigger_path() as path`
    : may?.first
      ? await sql<
          { path: string }[]
        >`select current_setting('search_path') as path from (select ssot.open_path()) as opened`
      : [];
  return {
    loud,
    mayMakeTemporary: may?.temporary ?? false,
    mayBeReplica: may?.replica ?? false,
    planted: planted?.what,
    path: path?.path ?? "pg_catalog, pg_temp",
    organisations: mission ? await readOrganisationNeeds(sql) : undefined,
  };
}

function nobodys(): Pick<Probe, "orgId" | "otherOrgId"> {
  return { orgId: randomUUID(), otherOrgId: randomUUID() };
}

// A COMMIT inside a probe, such as a library's own transaction, ends in an error: this trigger is due at its end.
const neverCommit = `
  create temporary table ssot_never_commit (kept boolean) on commit drop;
  create function pg_temp.ssot_never_commit() returns trigger language plpgsql set search_path = '' as
    $$ begin raise exception 'a probe may not commit' using errcode = 'SS004'; end $$;
  create constraint trigger never after insert on pg_temp.ssot_never_commit deferrable initially deferred
    for each row execute function pg_temp.ssot_never_commit();
  alter table pg_temp.ssot_never_commit enable always trigger never;
  insert into pg_temp.ssot_never_commit values (true);
  set local row_security = off`;

function limits(seconds: number): string {
  return `set local lock_timeout = '1s'; set local statement_timeout = '${seconds}s'`;
}

import { type Connection, connect } from "../../db/connection.ts";
import { refuseOldServer } from "../../db/preflight.ts";
import { type Looked, lookAtStatements } from "../../db/queries/statements.ts";
import type { Target } from "../../db/target.ts";
import { SsotError } from "../../model/errors.ts";

/** Asks standbys what their counters say, for one migration after the other. */
export interface Standbys {
  /** What each has counted of the statements that may touch what a migration deprecated, by `host:port/database`. */
  look(migration: string): Promise<Readonly<Record<string, Looked>>>;
  close(): Promise<void>;
}

/**
 * Opens a session on each standby of the server that is asked. Throws CONFIGURATION for one that is none, UNREACHABLE or
 * REFUSED_LOGIN: who asks for a standby is not to be told "none" for one that does not answer.
 */
export async function openStandbys({ sql }: Pick<Connection, "sql">, targets: readonly Target[]): Promise<Standbys> {
  const sessions = new Map<string, Connection>();
  const close = async (): Promise<void> => {
    for (const session of sessions.values()) await session.close();
  };
  try {
    for (const target of targets) {
      const connection = await connect(target, { onlyReads: true });
      const name = nameOf(target);
      await sessions.get(name)?.close();
      sessions.set(name, connection);
      refuseOldServer(connection);
      await refuseOtherServer(sql, connection, name);
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { close, look: (migration) => lookAtEach(sessions, migration) };
}

async function lookAtEach(
  sessions: ReadonlyMap<string, Connection>,
  migration: string,
): Promise<Readonly<Record<string, Looked>>> {
  const looks: Record<string, Looked> = {};
  for (const [name, { sql }] of sessions) {
    const looked = await lookAtStatements(sql, migration);
    if (looked === undefined) {
      throw new SsotError("PREFLIGHT", `the standby ${name} has not got the engine that keeps readers yet`, {
        hint: "It arrives with what the primary streams; where the primary has an older engine, ssot migrate upgrades it.",
      });
    }
    looks[name] = looked;
  }
  return looks;
}

async function refuseOtherServer(primary: Connection["sql"], { sql }: Connection, name: string): Promise<void> {
  const [standby] = await sql<{ recovers: boolean; id: string; database: string }[]>`
    select pg_is_in_recovery() as recovers, c.system_identifier::text as id, current_database() as database from pg_control_system() as c`;
  const [here] = await primary<{ id: string; database: string }[]>`
    select c.system_identifier::text as id, current_database() as database from pg_control_system() as c`;
  const problem = !standby?.recovers
    ? "it is not in recovery"
    : standby.id !== here?.id
      ? "it follows another server"
      : standby.database !== here.database
        ? `its database is ${standby.database}`
        : undefined;
  if (problem === undefined) return;
  throw new SsotError("CONFIGURATION", `${name} is no standby of this database: ${problem}`, {
    hint: "--replica names a hot standby of the database that is audited.",
  });
}

// No user and no password: it is kept.
function nameOf({ host, port, database }: Target): string {
  return `${host}:${port}/${database}`;
}

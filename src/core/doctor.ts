import { type Connection, connect } from "../db/connection.ts";
import { isLent } from "../db/preflight.ts";
import { findStrangePart } from "../db/queries/schema-owner.ts";
import type { Target } from "../db/target.ts";
import { type Folders, loadMigrations } from "../migrations/load-migrations.ts";
import { hasMission, migrationsDirectory } from "../migrations/packs.ts";
import { type Check, type Finding, fine, type Patient } from "./doctor/check.ts";
import { codeChecks } from "./doctor/code-checks.ts";
import { objectChecks } from "./doctor/object-checks.ts";
import { roomChecks } from "./doctor/room-checks.ts";
import { serverChecks } from "./doctor/server-checks.ts";
import { trafficChecks } from "./doctor/traffic-checks.ts";

export interface DoctorCheck {
  readonly id: string;
  readonly title: string;
  /** A problem stops a run, a warning needs a look. */
  readonly status: Finding["status"];
  readonly detail: string;
  /** What to do; null where there is nothing to do. */
  readonly remedy: string | null;
}

export interface DoctorReport {
  readonly command: "doctor";
  /** No problem was found. */
  readonly ok: boolean;
  readonly checks: readonly DoctorCheck[];
}

export interface DoctorOptions {
  readonly target: Target;
  /** Where the migration files lie; undefined: in the package. */
  readonly directory?: Folders | undefined;
  /** Roles whose code a run may call with our rights. */
  readonly trustRoles?: readonly string[];
}

// First and alone: what looks into a schema of somebody else's could run his code.
const schemaCheck: Check = {
  id: "schema",
  title: "schema ssot",
  look: async ({ connection, trustRoles }) => {
    const strange = await findStrangePart(connection.sql, trustRoles);
    if (strange === undefined) return fine("belongs to roles that are trusted, if it is there");
    return {
      status: "problem",
      detail: `${strange.part} belongs to role ${strange.owner}, who is not trusted; nothing else was looked at`,
      remedy: `drop it; or, if it was handed over, --trust-role ${strange.owner}`,
    };
  },
};

const checks: readonly Check[] = [...serverChecks, ...objectChecks, ...codeChecks, ...trafficChecks, ...roomChecks];

/**
 * Looks at everything around a run, and says what would stop it. Only reads, in one read-only transaction; works for a
 * role without rights and through a pooler, and says what is not visible. Throws UNREACHABLE or REFUSED_LOGIN.
 */
export async function doctor({ target, directory, trustRoles = [] }: DoctorOptions): Promise<DoctorReport> {
  const mission = hasMission(await loadMigrations(directory ?? migrationsDirectory()));
  const lent = await goesThroughLender(target);
  const connection = await connect(target, { onlyReads: true });
  try {
    if (!connection.pooled) await connection.execute("begin read only");
    // A table that somebody holds shall cost an answer, not the report.
    await connection.execute("set local lock_timeout = '1s'; set local statement_timeout = '10s'");
    const found: DoctorCheck[] = [];
    const patient = { connection, target, mission, lent, trustRoles };
    const strange = await examine(schemaCheck, { ...patient, problems: [] });
    if (strange.status === "problem") return { command: "doctor", ok: false, checks: [strange] };
    for (const check of checks.filter(({ ofMission }) => mission || ofMission !== true)) {
      const problems = found.filter(({ status }) => status === "problem").map(({ id }) => id);
      found.push(await examine(check, { ...patient, problems }));
    }
    await connection.execute("rollback");
    return { command: "doctor", ok: found.every(({ status }) => status !== "problem"), checks: found };
  } finally {
    await connection.close();
  }
}

async function goesThroughLender(target: Target): Promise<boolean> {
  const connection = await connect(target);
  try {
    return await isLent(connection, target);
  } finally {
    await connection.close();
  }
}

// A check that may not look is a warning, and the next one goes on.
async function examine({ id, title, look }: Check, patient: Patient): Promise<DoctorCheck> {
  const { execute }: Connection = patient.connection;
  await execute("savepoint look");
  try {
    const { status, detail, remedy = null } = await look(patient);
    return { id, title, status, detail, remedy };
  } catch (error) {
    await execute("rollback to savepoint look");
    const reason = error instanceof Error ? error.message : String(error);
    return { id, title, status: "warning", detail: `could not be looked at: ${reason}`, remedy: null };
  }
}

import type { Target } from "../target.ts";

/** What a program of PostgreSQL's is told beside its target. */
export interface ChildSettings {
  /** Settings that its session starts with, beside the target's own. */
  readonly options?: readonly string[];
  /** The major version of its libpq: one before 16 knows no authorities of the system. */
  readonly major: number;
}

const kept = ["PATH", "HOME", "SystemRoot", "APPDATA", "TEMP", "TMP", "TMPDIR", "LD_LIBRARY_PATH"];

/**
 * The whole environment of a program of PostgreSQL's that is to reach this target as ssot does: nothing of it stands on a command line,
 * where others would read it. What the process's own PG* variables say is not in it. Pure.
 */
export function childEnvironment(
  target: Target,
  { options = [], major }: ChildSettings,
  environment: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  const told = Object.fromEntries(
    kept.flatMap((name) => (environment[name] === undefined ? [] : [[name, environment[name]]])),
  );
  const settings = [...(target.options === undefined ? [] : [target.options]), ...options].join(" ");
  return {
    ...told,
    LC_ALL: "C",
    PGAPPNAME: "ssot rehearsal",
    PGCONNECT_TIMEOUT: "10",
    PGHOST: target.host,
    PGPORT: String(target.port),
    PGUSER: target.user,
    PGDATABASE: target.database,
    ...(target.password === undefined ? {} : { PGPASSWORD: target.password }),
    ...tlsVariables(target.tls, major),
    ...(settings === "" ? {} : { PGOPTIONS: settings }),
  };
}

// Without a file of authorities ssot takes Node's, and libpq one of the user's that need not be there: the system's come nearest.
function tlsVariables(tls: Target["tls"], major: number): Readonly<Record<string, string>> {
  if (tls === undefined) return { PGSSLMODE: "disable" };
  const { mode, rootCertificate } = tls;
  const root = rootCertificate ?? (mode === "verify-full" && major >= 16 ? "system" : undefined);
  return { PGSSLMODE: mode, ...(root === undefined ? {} : { PGSSLROOTCERT: root }) };
}

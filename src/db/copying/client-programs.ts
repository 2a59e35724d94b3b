import { spawnSync } from "node:child_process";
import { SsotError } from "../../model/errors.ts";

/** PostgreSQL's own programs that make a copy, and their major version. */
export interface ClientPrograms {
  readonly major: number;
}

const needed = ["pg_dump", "pg_restore"] as const;

/**
 * Looks for pg_dump and pg_restore in the PATH of `environment`. Throws PREFLIGHT where one is missing, where they are older than the
 * server that is to be read, or of two versions.
 */
export function findClientPrograms(
  environment: Readonly<Record<string, string>>,
  { serverMajor }: { readonly serverMajor: number },
): ClientPrograms {
  const [dump = 0, restore = 0] = needed.map((program) => readMajor(program, environment, serverMajor));
  if (dump < serverMajor) {
    throw new SsotError(
      "PREFLIGHT",
      `pg_dump is of version ${dump} here, and cannot read PostgreSQL ${serverMajor} of the target`,
      { hint: remedy(serverMajor) },
    );
  }
  if (restore < dump) {
    throw new SsotError(
      "PREFLIGHT",
      `pg_restore is of version ${restore} here, and cannot read what pg_dump ${dump} writes`,
      {
        hint: remedy(dump),
      },
    );
  }
  return { major: dump };
}

/** The major version in what a program of PostgreSQL's answers to --version; undefined: it says none. Pure. */
export function parseMajor(answer: string): number | undefined {
  const [, major] = /\(PostgreSQL\) (\d+)/.exec(answer) ?? [];
  return major === undefined ? undefined : Number(major);
}

function readMajor(program: string, environment: Readonly<Record<string, string>>, serverMajor: number): number {
  const { stdout, status } = spawnSync(program, ["--version"], { env: environment, encoding: "utf8" });
  const major = status === 0 ? parseMajor(stdout) : undefined;
  if (major !== undefined) return major;
  throw new SsotError("PREFLIGHT", `--on embedded copies with ${program}, which is not in the PATH`, {
    hint: remedy(serverMajor),
  });
}

function remedy(major: number): string {
  return `Put pg_dump and pg_restore of version ${major} or newer into the PATH (Debian: postgresql-client-${major}), or make a copy yourself and name it with --on URL. Nothing was changed.`;
}

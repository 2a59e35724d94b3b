import { execFile } from "node:child_process";
import { join } from "node:path";
import { migrationsDirectory } from "../../src/migrations/packs.ts";

export const phase1 = [
  "20260209000100_backfill_contact_ids",
  "20260209000200_validate_contact_names",
  "20260209000300_create_calls_view",
  "20260209000400_mark_deprecated",
] as const;

export const phase3 = "20260309000000_drop_deprecated_columns";

export interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs one of PostgreSQL's client programs; one that is missing fails the test. */
function run(program: string, args: readonly string[], url: string): Promise<Outcome> {
  const { PATH } = process.env;
  return new Promise((resolve, reject) => {
    const options = { maxBuffer: 1 << 28, env: { ...(PATH === undefined ? {} : { PATH }), PGAPPNAME: program } };
    execFile(program, [...args, url], options, (error, stdout, stderr) => {
      if (error !== null && typeof error.code !== "number") reject(error);
      else resolve({ status: Number(error?.code ?? 0), stdout, stderr });
    });
  });
}

/** What the head of each migration file tells a DBA to type. */
export function psql(url: string, migration: string, options: { readonly down?: boolean } = {}): Promise<Outcome> {
  return psqlFile(url, join(migrationsDirectory(), `${migration}.sql`), options.down ? ["-v", "down=1"] : []);
}

/** A file of ours that is no migration: the engine's. */
export function psqlFile(url: string, file: string, options: readonly string[] = []): Promise<Outcome> {
  return run("psql", ["-X", "-q", "-v", "ON_ERROR_STOP=1", ...options, "-f", file], url);
}

/** Schema and data as pg_dump writes them; rows of a table in the order of their text, for the heap's order is nobody's. */
export async function dump(url: string): Promise<string> {
  const { status, stdout, stderr } = await run("pg_dump", ["--no-password"], url);
  if (status !== 0) throw new Error(`pg_dump failed: ${stderr}`);
  const lines: string[] = [];
  let rows: string[] | undefined;
  for (const line of stdout.split("\n")) {
    if (rows === undefined) {
      // A random word that newer versions of pg_dump write.
      if (!/^\\(un)?restrict /.test(line)) lines.push(line);
      if (/^COPY .* FROM stdin;$/.test(line)) rows = [];
    } else if (line === "\\.") {
      lines.push(...rows.toSorted(), line);
      rows = undefined;
    } else {
      rows.push(line);
    }
  }
  return lines.join("\n");
}

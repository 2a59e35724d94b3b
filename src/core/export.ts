import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { exportMigration } from "../migrations/export-sql.ts";
import { loadMigrations } from "../migrations/load-migrations.ts";
import { SsotError } from "../model/errors.ts";
import type { Migration } from "../model/migration.ts";

/** supabase: named as `supabase db push` orders them. sql: numbered from 01. The text is the same. */
export type ExportFormat = "sql" | "supabase";

export interface ExportOptions {
  /** Where the migration files lie. */
  readonly directory: string;
  readonly format: ExportFormat;
  /** Which migrations: those that can be applied at once, or the drop. */
  readonly phase: 1 | 3;
}

export interface PlainFile {
  readonly name: string;
  readonly sql: string;
}

export interface ExportReport {
  readonly command: "export";
  readonly format: ExportFormat;
  readonly files: readonly { readonly name: string; readonly path: string; readonly bytes: number }[];
}

/** The migrations of a phase as plain SQL, in their order. Asks no database. Throws MIGRATION_FILES. */
export async function exportFiles({ directory, format, phase }: ExportOptions): Promise<readonly PlainFile[]> {
  const migrations = await loadMigrations(directory);
  return migrations.flatMap((migration, place) =>
    migration.phase === phase
      ? [{ name: fileName(migration, place, format), sql: exportMigration(migration, migrations[place - 1]) }]
      : [],
  );
}

/**
 * Writes them into a folder, which is made if missing. Files that are there already with another text are replaced only
 * with `overwrite`, else USAGE names them and nothing is written. Throws CONFIGURATION where the folder takes no file.
 */
export async function writeExport(
  options: ExportOptions & { readonly into: string; readonly overwrite: boolean },
): Promise<ExportReport> {
  const { format, into } = options;
  const files = (await exportFiles(options)).map((file) => ({ ...file, path: join(into, file.name) }));
  const different: string[] = [];
  for (const { name, path, sql } of files) {
    const there = await readFile(path, "utf8").catch(() => sql);
    if (there !== sql) different.push(name);
  }
  if (different.length > 0 && !options.overwrite) {
    throw new SsotError("USAGE", `${into} holds other files of these names: ${different.join(", ")}`, {
      hint: "Nothing was written. Replace them with --yes, or name another folder with --dir.",
    });
  }
  try {
    await mkdir(into, { recursive: true });
    for (const { path, sql } of files) await writeFile(path, sql);
  } catch (cause) {
    throw new SsotError("CONFIGURATION", `the folder takes no files: ${into}`, { cause });
  }
  return {
    command: "export",
    format,
    files: files.map(({ name, path, sql }) => ({ name, path, bytes: Buffer.byteLength(sql) })),
  };
}

function fileName({ name }: Migration, place: number, format: ExportFormat): string {
  return format === "supabase" ? `${name}.sql` : `${String(place + 1).padStart(2, "0")}${name.slice(14)}.sql`;
}

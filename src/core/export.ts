import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Engine, loadEngine } from "../migrations/engine-files.ts";
import { cutEngine, exportPart } from "../migrations/export-engine.ts";
import { exportMigration } from "../migrations/export-sql.ts";
import { type Folders, loadMigrations } from "../migrations/load-migrations.ts";
import { checkOptional, standsOn } from "../migrations/select-migrations.ts";
import { SsotError } from "../model/errors.ts";
import type { Migration } from "../model/migration.ts";

/** supabase: named as `supabase db push` orders them. sql: numbered from 00. The text is the same, but for names in messages. */
export type ExportFormat = "sql" | "supabase";

export interface ExportOptions {
  /** Where the migration files lie. */
  readonly directory: Folders;
  /** Where the engine lies; undefined: in the package. */
  readonly engineDirectory?: string | undefined;
  readonly format: ExportFormat;
  /** Which migrations: those that can be applied at once, or the drop. */
  readonly phase: 1 | 3;
  /** Optional migrations to write as well, by the names that they are asked for by. */
  readonly optional?: readonly string[] | undefined;
  /** What a file does with a contact's number that cannot be read: it stops, unless it says quarantine. */
  readonly onUnfixablePhone?: "abort" | "quarantine" | undefined;
  /** What a file does with triggers of others that are not BEFORE ROW: it refuses them, unless they may fire. */
  readonly userTriggers?: "refuse" | "fire" | undefined;
  /** A view of our name may lose the columns that ours has not; else the file of the view refuses one that would. */
  readonly replaceView?: boolean | undefined;
  /** Roles whose code a file lets run with the rights of whoever sends it. */
  readonly trustRoles?: readonly string[] | undefined;
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

/**
 * The engine's files, which come first, and the migrations of a phase, as plain SQL and in their order. Asks no database. Throws
 * MIGRATION_FILES, and USAGE for an unknown name.
 */
export async function exportFiles(options: ExportOptions): Promise<readonly PlainFile[]> {
  const {
    directory,
    format,
    phase,
    onUnfixablePhone = "abort",
    userTriggers = "refuse",
    replaceView = false,
    trustRoles = [],
  } = options;
  const migrations = await loadMigrations(directory);
  const engine = await loadEngine(options.engineDirectory);
  const asked = checkOptional(migrations, options.optional ?? []);
  const parts = cutEngine(engine, migrations);
  const engineFiles = parts.parts.map((_, place) => ({
    name: engineFileName(engine, place, migrations, format),
    sql: exportPart(parts, place),
  }));
  const engineNames = engineFiles.map(({ name }) => name);
  const settings = { onUnfixablePhone, userTriggers, replaceView, trustRoles, engineFiles: engineNames };
  const files = migrations.flatMap((migration) => {
    const { optional } = migration;
    if (migration.phase !== phase || (optional !== undefined && !asked.includes(optional))) return [];
    const before = migrations.filter((other) => standsOn(migration, other)).length;
    const sql = exportMigration(migration, migrations, parts, settings);
    return [{ name: fileName(migration, before, format), sql }];
  });
  return [...engineFiles, ...files];
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

// In front of the first migration. `supabase db push` knows a file by its digits: those of a later engine have not been pushed.
function engineFileName(
  { version }: Engine,
  place: number,
  [first]: readonly Migration[],
  format: ExportFormat,
): string {
  if (format === "sql") return `00${String.fromCharCode("a".charCodeAt(0) + place)}_engine.sql`;
  const slot = version * 10 + place + 1;
  const digits = Number(first?.name.slice(0, 14)) - 100 * (1 + Math.floor(slot / 100)) + (slot % 100);
  return `${digits}_ssot_engine.sql`;
}

// An optional file has the number of the one it follows, and a letter: 04b.
function fileName({ name, optional }: Migration, before: number, format: ExportFormat): string {
  if (format === "supabase") return `${name}.sql`;
  const number = optional === undefined ? String(before + 1).padStart(2, "0") : `${String(before).padStart(2, "0")}b`;
  return `${number}${name.slice(14)}.sql`;
}

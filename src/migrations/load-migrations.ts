import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { SsotError } from "../model/errors.ts";
import type { Migration } from "../model/migration.ts";
import { parseMigration } from "./parse-migration.ts";

/** Where migration files lie: a folder, or several whose files are one history. */
export type Folders = string | readonly string[];

interface Found {
  readonly name: string;
  readonly directory: string;
}

/**
 * Reads every migration of the folders as one history, in the order of their digits, before anything runs. Throws MIGRATION_FILES
 * for a folder that cannot be read, a `.sql` file without a name of fourteen digits and words, two files with the same digits, a
 * broken file, or a Phase 3 file that drops what no earlier one deprecated.
 */
export async function loadMigrations(folders: Folders): Promise<readonly Migration[]> {
  const directories = typeof folders === "string" ? [folders] : folders;
  const found = (await Promise.all(directories.map(listFolder))).flat();
  const ordered = found.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  for (const [place, file] of ordered.entries()) {
    const before = ordered[place - 1];
    if (before?.name.slice(0, 14) !== file.name.slice(0, 14)) continue;
    throw new SsotError(
      "MIGRATION_FILES",
      `two migrations begin with ${file.name.slice(0, 14)}: their order is not defined: ${pathOf(before)}, ${pathOf(file)}`,
      { hint: "Give one of them other digits, unless it was applied somewhere; nothing was run." },
    );
  }
  const released = new Map(await Promise.all(directories.map(async (at) => [at, await readReleased(at)] as const)));
  const migrations = await Promise.all(
    ordered.map(async (file) => {
      const { name, directory } = file;
      const path = pathOf(file);
      const text = (await readFile(path, "utf8")).replace(/\r\n?/g, "\n").replace(/[ \t]+$/gm, "");
      const replaces = released.get(directory)?.[name] ?? [];
      return { name, path, checksum: checksumOf(text), replaces, ...parseMigration(name, text) };
    }),
  );
  refuseStrayDrops(migrations);
  return migrations;
}

async function listFolder(directory: string): Promise<readonly Found[]> {
  const files = await readdir(directory).catch((cause: unknown) => {
    throw new SsotError("MIGRATION_FILES", `the folder of the migrations cannot be read: ${directory}`, { cause });
  });
  const names = files.filter((file) => !file.startsWith(".") && file.endsWith(".sql")).map((file) => file.slice(0, -4));
  for (const name of names) {
    if (!/^[0-9]{14}_[a-z0-9_]+$/.test(name)) {
      throw new SsotError("MIGRATION_FILES", `migration ${name}.sql is badly named: expected 14 digits, "_", words`, {
        hint: "Rename or remove the file; nothing was run.",
      });
    }
  }
  return names.map((name) => ({ name, directory }));
}

function pathOf({ name, directory }: Found): string {
  return join(directory, `${name}.sql`);
}

type Released = Readonly<Record<string, readonly string[]>>;

/** The checksums of released texts, by migration; none where the folder lists none. */
async function readReleased(directory: string): Promise<Released> {
  const path = join(directory, "released.json");
  if (!existsSync(path)) return {};
  try {
    const list: unknown = JSON.parse(await readFile(path, "utf8"));
    if (isReleased(list)) return list;
    throw new TypeError("expected lists of checksums by migration");
  } catch (cause) {
    throw new SsotError("MIGRATION_FILES", `the list of released migrations cannot be read: ${path}`, { cause });
  }
}

function isReleased(list: unknown): list is Released {
  if (typeof list !== "object" || list === null) return false;
  return Object.values(list).every((sums) => Array.isArray(sums) && sums.every((sum) => typeof sum === "string"));
}

function refuseStrayDrops(migrations: readonly Migration[]): void {
  for (const { name, drops } of migrations) {
    const known = migrations.some((other) => other.name === drops && other.phase === 1 && other.name < name);
    if (drops === undefined || known) continue;
    throw new SsotError("MIGRATION_FILES", `migration ${name} drops what ${drops} deprecated, which does not exist`, {
      hint: "Expected the name of an earlier Phase 1 migration after `-- Drops:`; nothing was run.",
    });
  }
}

/** SHA-256 in hex of a text without its line endings' kind, trailing blanks and blank end. */
function checksumOf(text: string): string {
  const meaning = text
    .replace(/\r\n?/g, "\n")
    .replace(/[ \t]+$/gm, "")
    .trimEnd();
  return createHash("sha256").update(meaning).digest("hex");
}

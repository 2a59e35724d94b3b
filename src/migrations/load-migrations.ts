import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { SsotError } from "../model/errors.ts";
import type { Migration } from "../model/migration.ts";
import { packageRoot } from "../model/package-root.ts";
import { parseMigration } from "./parse-migration.ts";

/** Where the migrations of the package lie. */
export function migrationsDirectory(): string {
  return join(packageRoot(), "migrations");
}

/**
 * Reads every migration of a folder, in order, before anything runs. Throws MIGRATION_FILES for a folder that cannot be
 * read, a `.sql` file without a name of fourteen digits and words, two files with the same digits, a broken file, or a
 * Phase 3 file that drops what no earlier one deprecated.
 */
export async function loadMigrations(directory: string): Promise<readonly Migration[]> {
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
  const ordered = names.toSorted();
  const twin = ordered.find((name, place) => name.slice(0, 14) === ordered[place - 1]?.slice(0, 14));
  if (twin !== undefined) {
    throw new SsotError(
      "MIGRATION_FILES",
      `two migrations begin with ${twin.slice(0, 14)}: their order is not defined`,
    );
  }
  const released = await readReleased(directory);
  const migrations = await Promise.all(
    ordered.map(async (name) => {
      const path = join(directory, `${name}.sql`);
      const text = (await readFile(path, "utf8")).replace(/\r\n?/g, "\n").replace(/[ \t]+$/gm, "");
      return { name, path, checksum: checksumOf(text), replaces: released[name] ?? [], ...parseMigration(name, text) };
    }),
  );
  refuseStrayDrops(migrations);
  return migrations;
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

import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { engineDirectory } from "../../src/migrations/engine-files.ts";
import { migrationsDirectory } from "../../src/migrations/packs.ts";

/** One place in a file of the engine or the story, and what is to stand there; or a new file. */
export interface Change {
  /** Below the package: `sql/journal/apply_batch.sql`. */
  readonly file: `sql/${string}` | `migrations/${string}`;
  /** Undefined: the file is a new one. */
  readonly from?: string;
  readonly to: string;
}

/** Copies of the folders of engine and story. */
export interface ChangedFolders {
  readonly engineDirectory: string;
  readonly directory: string;
  remove(): Promise<void>;
}

/** The engine and the story with changes, in a temporary folder. A text that is not there is an error: it would change nothing. */
export async function changeEngine(changes: readonly Change[]): Promise<ChangedFolders> {
  const folder = await mkdtemp(join(tmpdir(), "ssot-engine-"));
  await cp(engineDirectory(), join(folder, "sql"), { recursive: true });
  await cp(migrationsDirectory(), join(folder, "migrations"), { recursive: true });
  for (const { file, from, to } of changes) {
    const path = join(folder, file);
    if (from === undefined) {
      await writeFile(path, to, { flag: "wx" });
      continue;
    }
    const text = await readFile(path, "utf8");
    if (!text.includes(from)) throw new Error(`${file} does not hold: ${from}`);
    await writeFile(path, text.replaceAll(from, to));
  }
  return {
    engineDirectory: join(folder, "sql"),
    directory: join(folder, "migrations"),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

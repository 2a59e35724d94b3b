import { type Engine, loadEngine } from "../migrations/engine-files.ts";
import { type Folders, loadMigrations } from "../migrations/load-migrations.ts";
import type { Migration } from "../model/migration.ts";

export interface StoryOptions {
  /** Where the migration files lie. */
  readonly directory: Folders;
  /** Where the engine lies; undefined: in the package. */
  readonly engineDirectory?: string | undefined;
}

/** The files that a plan is made of. */
export interface Story {
  readonly migrations: readonly Migration[];
  readonly engine: Engine;
}

/** Reads, parses and checks all files. Throws MIGRATION_FILES. */
export async function loadStory({ directory, engineDirectory }: StoryOptions): Promise<Story> {
  return { migrations: await loadMigrations(directory), engine: await loadEngine(engineDirectory) };
}

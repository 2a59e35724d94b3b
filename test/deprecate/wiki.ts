import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CallResult, callSsot } from "../cli/call-ssot.ts";
import type { TestDatabase } from "../support/database.ts";
import type { StoryFile } from "./story-files.ts";

/** A project of somebody's: its folder, with a configuration and story files, and its database. */
export interface Project {
  readonly database: TestDatabase;
  readonly folder: string;
  write(path: string, text: string): void;
  /** Puts files into `db/ssot`. */
  tell(...files: readonly StoryFile[]): void;
  ssot(...args: readonly string[]): Promise<CallResult>;
  /** The same with `--json`; the document that it prints. */
  ask<Document = Record<string, unknown>>(
    ...args: readonly string[]
  ): Promise<Document & { readonly exitCode: number }>;
  end(): Promise<void>;
}

/** A folder for a database that is there. */
export function makeProject(database: TestDatabase): Project {
  const folder = mkdtempSync(join(tmpdir(), "ssot-project-"));
  mkdirSync(join(folder, "db/ssot"), { recursive: true });
  const write = (path: string, text: string): void => writeFileSync(join(folder, path), text);
  const ssot = (...args: readonly string[]): Promise<CallResult> =>
    callSsot([...args, "--database-url", database.url], { directory: folder });
  return {
    database,
    folder,
    write,
    ssot,
    tell: (...files) => {
      for (const { name, text } of files) write(`db/ssot/${name}.sql`, text);
    },
    ask: async (...args) => {
      const { exitCode, stdout } = await ssot(...args, "--json");
      return { ...JSON.parse(stdout), exitCode };
    },
    end: async () => {
      rmSync(folder, { recursive: true });
      await database.drop();
    },
  };
}

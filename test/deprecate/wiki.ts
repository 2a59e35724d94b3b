import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CallResult, callSsot } from "../cli/call-ssot.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import type { Deprecation, StoryFile } from "./story-files.ts";

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

export const pages: Deprecation = {
  digits: "20261129101500",
  words: "pages_author_name",
  relation: "public.pages",
  columns: ["author_name"],
};

export const users: Deprecation = {
  digits: "20261129101502",
  words: "users_nick",
  relation: "public.users",
  columns: ["nick"],
};

const tables = `
  create table public.users (id bigint primary key, name text not null, nick text);
  create table public.pages (id bigint primary key, title text not null, author_id bigint references public.users, author_name text);
  insert into public.users select n, 'User ' || n, case when n % 2 = 0 then 'nick ' || n end from generate_series(1, 20) as n;
  insert into public.pages select n, 'Page ' || n, n % 20 + 1, case when n % 5 > 0 then 'Author ' || n end from generate_series(1, 60) as n`;

/** A wiki without calls, contacts and organizations, whose configuration names no pack and the folder `db/ssot`. */
export async function makeWiki(): Promise<Project> {
  const database = await createTestDatabase({ template: "empty" });
  await database.sql.unsafe(tables);
  const project = makeProject(database);
  project.write("ssot.config.json", JSON.stringify({ packs: [], migrations: "db/ssot" }));
  return project;
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

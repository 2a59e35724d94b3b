import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import postgres from "postgres";
import { type ExportOptions, exportFiles, type PlainFile } from "../../src/core/export.ts";
import { migrationsDirectory } from "../../src/migrations/packs.ts";
import type { TestDatabase } from "../support/database.ts";
import { splitLikeSupabase } from "./supabase-splitter.ts";

/** Sends files to a database, in order; throws the first error. */
type Route = (database: TestDatabase, files: readonly PlainFile[]) => Promise<void>;

/** The ways that the seed document names, and what they come down to. */
export const routes: Readonly<Record<string, Route>> = {
  "the document's pipe into exec_sql": async ({ url, sql }, files) => {
    await sql`create schema if not exists rpc`;
    await sql.unsafe(
      "create or replace function rpc.exec_sql(sql text) returns void language plpgsql as 'begin execute sql; end'",
    );
    await onOneSession(url, async (session) => {
      for (const { sql: text } of files) await session`select rpc.exec_sql(${throughThePipe(text)})`;
    });
    await sql`drop schema rpc cascade`;
  },
  "each file pasted into an editor": ({ url }, files) =>
    onOneSession(url, async (session) => {
      for (const { sql } of files) await session.unsafe(sql);
    }),
  "all files in one transaction": ({ url }, files) =>
    onOneSession(url, async (session) => {
      await session.unsafe(files.map(({ sql }) => sql).join("\n"));
    }),
  "statement by statement": ({ url }, files) =>
    onOneSession(url, async (session) => {
      for (const { sql } of files) for (const statement of splitLikeSupabase(sql)) await session.unsafe(statement);
    }),
  "supabase db push": async ({ url }, files) => {
    for (const { sql } of files) sendPipeline(url, splitLikeSupabase(sql));
  },
};

/** All files of a phase: those of the engine, and those of the migrations. */
export const plainFiles = (
  phase: 1 | 3 = 1,
  settings: Pick<ExportOptions, "userTriggers" | "onUnfixablePhone" | "replaceView" | "trustRoles"> = {},
): Promise<readonly PlainFile[]> =>
  exportFiles({ directory: migrationsDirectory(), format: "supabase", phase, ...settings });

const isOfEngine = ({ name }: PlainFile): boolean => name.endsWith("_engine.sql");

export const engineFiles = async (): Promise<readonly PlainFile[]> => (await plainFiles()).filter(isOfEngine);

/** The files of the migrations alone. */
export const migrationFiles = async (...asked: Parameters<typeof plainFiles>): Promise<readonly PlainFile[]> =>
  (await plainFiles(...asked)).filter((file) => !isOfEngine(file));

/** The text that arrives when a file goes the way of the document: sed, tr, a shell's argument, JSON. */
export function throughThePipe(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), "ssot-export-"));
  const migration = join(folder, "migration.sql");
  try {
    writeFileSync(migration, text);
    const script = String.raw`env printf %s "{\"sql\": \"$(cat $migration | sed 's/"/\\"/g' | tr '\n' ' ')\"}"`;
    const { stdout, status, stderr } = spawnSync("bash", ["-c", script], {
      encoding: "utf8",
      env: { ...process.env, migration },
    });
    if (status !== 0) throw new Error(stderr);
    const body: unknown = JSON.parse(stdout);
    if (typeof body !== "object" || body === null || !("sql" in body)) throw new Error("no field sql");
    return String(body.sql);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Works on a session that is as a fresh one afterwards, or throws. */
async function onOneSession(url: string, work: (session: postgres.Sql) => Promise<void>): Promise<void> {
  const session = postgres(url, { max: 1, onnotice: () => {} });
  const settings = () => session`
    select name, setting from pg_catalog.pg_settings where name not like 'plpgsql.%' order by name`;
  try {
    const before = await settings();
    await work(session);
    if (JSON.stringify(await settings()) !== JSON.stringify(before)) throw new Error("a setting was left changed");
  } finally {
    await session.end();
  }
}

function sendPipeline(url: string, statements: readonly string[]): void {
  const sender = fileURLToPath(new URL("pipeline.mjs", import.meta.url));
  const { stdout, stderr } = spawnSync(process.execPath, [sender, url], {
    input: JSON.stringify(statements),
    encoding: "utf8",
    timeout: 50_000,
  });
  if (stdout === "") throw new Error(stderr);
  const error: unknown = JSON.parse(stdout);
  if (error !== null) throw Object.assign(new Error(stdout), error);
}

import postgres from "postgres";
import { loadDirtyCase } from "../../fixtures/dirty-case.ts";
import { migrate } from "../../src/core/migrate.ts";
import { type Originals, readOriginals } from "../properties/model.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { migrateOptions } from "../support/run-options.ts";

export interface MigratedCase extends TestDatabase {
  /** The rows as they were before. */
  readonly originals: Originals;
}

/** A database with the dirty case, migrated. */
export async function migrateDirtyCase(): Promise<MigratedCase> {
  const database = await createTestDatabase();
  await loadDirtyCase(database.sql);
  const originals = await readOriginals(database.sql);
  await migrate(migrateOptions(database.url));
  return { ...database, originals };
}

/** Runs `work` in a transaction and takes it back. */
export async function undone<T>(sql: postgres.Sql, work: (tx: postgres.TransactionSql) => Promise<T>): Promise<T> {
  const kept: { value?: T } = {};
  const end = new Error("taken back");
  await sql
    .begin(async (tx) => {
      kept.value = await work(tx);
      throw end;
    })
    .catch((error: unknown) => {
      if (error !== end) throw error;
    });
  if (kept.value === undefined) throw new Error("expected a value");
  return kept.value;
}

/** The SQLSTATE of the error that a statement ends with; "done" when it succeeds. What it did is taken back. */
export async function outcomeOf(
  sql: postgres.Sql,
  work: (tx: postgres.TransactionSql) => Promise<unknown>,
): Promise<string> {
  try {
    return await undone(sql, async (tx) => {
      await work(tx);
      return "done";
    });
  } catch (error) {
    if (error instanceof postgres.PostgresError) return error.constraint_name ?? error.code;
    throw error;
  }
}

/** One session of its own, with the warnings that it was sent. */
export interface Session {
  readonly sql: postgres.Sql;
  readonly warnings: string[];
}

/** Opens a session; the caller ends its `sql`. */
export function openSession(url: string): Session {
  const warnings: string[] = [];
  const onnotice = ({ severity, message }: postgres.Notice): void => {
    if (severity === "WARNING") warnings.push(message ?? "");
  };
  return { sql: postgres(url, { max: 1, onnotice, connection: { application_name: "promises" } }), warnings };
}

/** Creates a role for the length of the work; roles belong to the whole server, so its name is its own. */
export async function withRole<T>(
  sql: postgres.Sql,
  attributes: string,
  work: (name: string) => Promise<T>,
): Promise<T> {
  const name = `ssot_role_${crypto.randomUUID().replaceAll("-", "").slice(0, 12)}`;
  await sql.unsafe(`create role ${name} ${attributes}`);
  try {
    return await work(name);
  } finally {
    await sql.unsafe(`reset role; drop owned by ${name} cascade; drop role ${name}`);
  }
}

import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import postgres from "postgres";
import { inject } from "vitest";

/** A database of its own for one test or test file. */
export interface TestDatabase {
  /** A superuser's connection, password included. */
  readonly url: string;
  readonly name: string;
  /** The second route: asks the database past the code under test. */
  readonly sql: postgres.Sql;
  /** Closes `sql` and drops the database, ending the sessions of others in it. */
  drop(): Promise<void>;
}

const attempts = 20;

/** Clones the base schema (about 20 ms), or with `template: "empty"` nothing. The caller drops it. */
export function createTestDatabase(options: { readonly template?: "base" | "empty" } = {}): Promise<TestDatabase> {
  const { template, prefix } = inject("testServer");
  return cloneDatabase(
    options.template === "empty" ? "template0" : template,
    `${prefix}${randomBytes(6).toString("hex")}`,
  );
}

/** A copy of a database that nobody is connected to. The caller drops it. */
export async function cloneDatabase(template: string, name: string): Promise<TestDatabase> {
  const url = new URL(inject("testServer").url);
  await asAdmin(async (admin) => {
    for (let attempt = 1; !(await tryCreate(admin, name, template, attempt === attempts)); attempt += 1) {
      await sleep(50 * attempt);
    }
  });
  url.pathname = `/${name}`;
  const sql = postgres(url.href, { max: 4, onnotice: () => {} });
  return {
    url: url.href,
    name,
    sql,
    drop: async () => {
      await sql.end({ timeout: 1 });
      await dropDatabase(name);
    },
  };
}

/** Drops a database of the run, ending the sessions of others in it. */
export function dropDatabase(name: string): Promise<void> {
  return asAdmin(async (admin) => {
    await admin`drop database if exists ${admin(name)} with (force)`;
  });
}

// The files are copied: half the time of a copy through the WAL, for a database this small.
/** False when somebody, such as autovacuum, is in the template at this moment. */
async function tryCreate(admin: postgres.Sql, name: string, template: string, isLast: boolean): Promise<boolean> {
  try {
    await admin`create database ${admin(name)} template ${admin(template)} encoding 'UTF8' strategy file_copy`;
    return true;
  } catch (error) {
    const objectInUse = "55006";
    if (!isLast && error instanceof postgres.PostgresError && error.code === objectInUse) return false;
    throw error;
  }
}

let admin: postgres.Sql | undefined;

// One connection a file: a new one costs more than the copy. It closes by itself after the last use.
async function asAdmin(work: (admin: postgres.Sql) => Promise<void>): Promise<void> {
  admin ??= postgres(inject("testServer").url, { max: 1, idle_timeout: 1, onnotice: () => {} });
  await work(admin);
}

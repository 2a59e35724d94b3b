import { afterEach, beforeEach, expect, test } from "vitest";
import { migrate } from "../../src/core/migrate.ts";
import { rollback } from "../../src/core/rollback.ts";
import { status } from "../../src/core/status.ts";
import { refuseOldServer } from "../../src/db/preflight.ts";
import { resolveTarget } from "../../src/db/target.ts";
import { migrationsDirectory } from "../../src/migrations/packs.ts";
import { exitCodeOf } from "../../src/model/errors.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { migrateOptions, rollbackOptions, targetOf } from "../support/run-options.ts";
import { allTextOf, errorOf, refusalOf } from "./refusal.ts";

let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase();
});

afterEach(() => database.drop());

function changed(url: string, change: (url: URL) => void): string {
  const copy = new URL(url);
  change(copy);
  return copy.href;
}

test("without any database named, the message names the three ways and the demo", async () => {
  const error = await errorOf(
    Promise.resolve().then(() => resolveTarget({ environment: {}, directory: "/nowhere/at/all" })),
  );
  expect(error.code).toBe("CONFIGURATION");
  expect(exitCodeOf(error)).toBe(2);
  for (const way of ["--database-url", "DATABASE_URL", "PG*"]) expect(error.message).toContain(way);
  expect(error.hint).toContain("ssot demo");
});

test.each([
  "not a url",
  "mysql://user:s3cr3t@host/db",
  "host=db password=s3cr3t",
  "postgres://user:s3cr3t@host:port/db",
])("a text that is no PostgreSQL URL is refused and not repeated: %s", async (databaseUrl) => {
  const error = await errorOf(
    Promise.resolve().then(() => resolveTarget({ databaseUrl, environment: {}, directory: "/" })),
  );
  expect(error.code).toBe("CONFIGURATION");
  expect(allTextOf(error)).not.toContain("s3cr3t");
});

test.each([
  ["migrate", (url: string) => migrate(migrateOptions(url))],
  ["rollback", (url: string) => rollback(rollbackOptions(url))],
  ["status", (url: string) => status({ target: targetOf(url), directory: migrationsDirectory() })],
])("%s says which server does not answer", async (_, start) => {
  // The discard port: nobody listens there.
  const url = changed(database.url, (copy) => {
    copy.port = "9";
    copy.password = "s3cr3t";
  });
  const error = await refusalOf(database, () => start(url));
  expect(error.code).toBe("UNREACHABLE");
  expect(exitCodeOf(error)).toBe(3);
  expect(error.message).toContain(`${database.name} on ${new URL(url).hostname}:9`);
  expect(allTextOf(error)).not.toContain("s3cr3t");
});

test("a wrong password is a refused login, and stands in no message", async () => {
  const url = changed(database.url, (copy) => {
    copy.password = "s3cr3t-and-wrong";
  });
  const error = await refusalOf(database, () => migrate(migrateOptions(url)));
  expect(error.code).toBe("REFUSED_LOGIN");
  expect(exitCodeOf(error)).toBe(3);
  expect(allTextOf(error)).not.toContain("s3cr3t");
});

test("a database that does not exist is named", async () => {
  const url = changed(database.url, (copy) => {
    copy.pathname = "/no_such_database";
  });
  const error = await refusalOf(database, () => migrate(migrateOptions(url)));
  expect(error.code).toBe("REFUSED_LOGIN");
  expect(error.message).toContain("no_such_database");
});

test("a server before PostgreSQL 15 is refused with the reason, and 15 is not", () => {
  const refuse = (serverVersion: number) => () => refuseOldServer({ serverVersion });
  expect(refuse(140012)).toThrow(expect.objectContaining({ code: "TOO_OLD" }));
  expect(refuse(140012)).toThrow(/PostgreSQL 14 .* 15 or newer/);
  expect(refuse(150000)).not.toThrow();
});

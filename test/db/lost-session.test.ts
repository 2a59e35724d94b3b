import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { connect } from "../../src/db/connection.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { targetOf } from "../support/run-options.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database.drop());

/** Works in a transaction on a session of its own, which ends half-way. Gives what the work failed with. */
async function loseSession(): Promise<unknown> {
  const connection = await connect(targetOf(database.url));
  const { sql, inTransaction } = connection;
  const failure = inTransaction(async () => {
    await sql`select 1`;
    await sql`select pg_sleep(60)`;
    await sql`select 2`;
  }).catch((error: unknown) => error);
  const asleep = () => database.sql`
    select from pg_catalog.pg_stat_activity where pid = ${connection.pid} and wait_event = 'PgSleep'`;
  while ((await asleep()).length === 0) await sleep(5);
  await database.sql`select pg_terminate_backend(${connection.pid})`;
  try {
    return await failure;
  } finally {
    await connection.close();
  }
}

// The driver's own `begin` ended the process in two of ten: the runner of the tests reports that as an unhandled error.
test("a session that ends inside a transaction is a failure of the work, not the end of the process", async () => {
  const failures: unknown[] = [];
  for (let nth = 0; nth < 20; nth += 1) failures.push(await loseSession());
  expect(failures).toEqual(failures.map(() => expect.objectContaining({ code: "CONNECTION_CLOSED" })));
});

test("nothing begins a transaction in the driver's way but the one place that guards it", () => {
  const modules = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".ts"));
  const users = modules.filter((path) => /\bsql\.begin\(/.test(readFileSync(`src/${path}`, "utf8")));
  expect(users).toEqual(["webhook/in-transaction.ts"]);
});

import { afterEach, beforeEach, expect, test } from "vitest";
import { listCautions } from "../../src/core/list-cautions.ts";
import { type Connection, connect } from "../../src/db/connection.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { targetOf } from "../support/run-options.ts";

let database: TestDatabase;
let connection: Connection;
beforeEach(async () => {
  database = await createTestDatabase();
  connection = await connect(targetOf(database.url));
});
afterEach(async () => {
  await connection.close();
  await database.drop();
});

const cautions = async () =>
  (await connection.inTransaction(() => listCautions(connection.sql))).map(({ what }) => what);

test("the mission's own schema, whose columns the webhook writes, needs no caution", async () => {
  expect(await cautions()).toEqual([]);
});

test("a column that must have a value and that no event has is cautioned of", async () => {
  await database.sql`alter table public.calls add column reviewer text not null`;
  expect(await cautions()).toEqual([expect.stringMatching(/^public\.calls\.reviewer must have a value/)]);
});

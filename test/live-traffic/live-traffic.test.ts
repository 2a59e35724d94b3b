import { afterEach, beforeEach, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { liveThroughAll } from "./live-case.ts";

let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase();
});

afterEach(() => database.drop());

test("no acknowledged write is lost while the database is migrated, the columns go, and all is taken back", async () => {
  await liveThroughAll(database, { calls: 20_000, contacts: 4000, rate: 100, seed: 1, unique: false });
});

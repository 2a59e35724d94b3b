import { afterEach, beforeEach, expect, test } from "vitest";
import { migrate } from "../../src/core/migrate.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { migrateOptions } from "../support/run-options.ts";

let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase();
  await migrate(migrateOptions(database.url));
});

afterEach(() => database.drop());

test("a batch is steered to 150 ms, and a run whose rows have become slow gives way to others", async () => {
  const session = await database.sql.reserve();
  const sized = async (took: string | null, least: number) => {
    const [row] = await session<{ size: number; waited: boolean }[]>`
      with s as materialized (select ssot.next_batch_size(1000, ${took}::interval) as size)
      select s.size, extract(epoch from clock_timestamp() - statement_timestamp()) * 1000 >= ${least} as waited from s`;
    return row;
  };
  expect(await sized(null, 0)).toEqual({ size: 2000, waited: true });
  expect(await sized("100 ms", 0)).toEqual({ size: 1500, waited: true });
  // Three times as slow as at its fastest: for about one and a half times as long.
  expect(await sized("300 ms", 400)).toEqual({ size: 500, waited: true });
  await session`select set_config('ssot.batch_size', '700', false)`;
  expect(await sized("300 ms", 400)).toEqual({ size: 700, waited: true });
  session.release();
});

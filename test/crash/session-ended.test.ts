import { afterAll, beforeAll, expect, test } from "vitest";
import { migrate } from "../../src/core/migrate.ts";
import { type Clones, cloneable } from "../promises/clones.ts";
import { createTestDatabase } from "../support/database.ts";
import { migrateOptions } from "../support/run-options.ts";
import { holdAt, type Point, untilHeld } from "./hold-points.ts";
import { terminateRun } from "./interruptions.ts";
import { prepare, runUndisturbed, strikeAt, turnBack, type Undisturbed } from "./matrix.ts";
import { carryOut, small } from "./runs.ts";

let clones: Clones;
let undisturbed: Undisturbed;

beforeAll(async () => {
  const source = await createTestDatabase();
  await prepare("migrate", source);
  clones = await cloneable(source);
  const clone = await clones.clone();
  undisturbed = await runUndisturbed("migrate", clone);
  await clone.drop();
});

afterAll(() => clones.drop());

async function endAt(point: Point): Promise<readonly string[]> {
  const database = await clones.clone();
  const { sql, url } = database;
  try {
    const letGo = await holdAt(sql, point);
    const failed = expect(carryOut("migrate", url)).rejects.toThrow();
    await untilHeld(sql, failed);
    await terminateRun(sql);
    await failed;
    await letGo();
    return await turnBack(database, undisturbed);
  } finally {
    await database.drop();
  }
}

test("migrate, its session ended at any point, can be taken back to where it began", () =>
  strikeAt("session ended and taken back", "migrate", undisturbed.points, 3, endAt));

test("an abort inside a batch cancels it at once, keeps the finished ones, and says how to go on", async () => {
  const database = await clones.clone();
  const { sql, url } = database;
  // The last two are the last batch, and the look for calls that arrived meanwhile.
  const second = undisturbed.points.filter(({ name }) => name.endsWith("link_calls: update task")).at(-2);
  if (second === undefined) throw new Error("no calls were linked");
  const letGo = await holdAt(sql, second);
  const controller = new AbortController();
  const run = migrate(migrateOptions(url, { ...small, signal: controller.signal }));
  const failed = expect(run).rejects.toMatchObject({
    code: "INTERRUPTED",
    hint: expect.stringContaining("ssot migrate"),
  });
  await untilHeld(sql, failed);
  controller.abort();
  await failed;
  await letGo();
  const [task] = await sql`select done > 0 and done < planned as half from ssot.task where task = 'calls.contact_id'`;
  expect(task?.half).toBe(true);
  expect(await turnBack(database, undisturbed)).toEqual([]);
  await database.drop();
});

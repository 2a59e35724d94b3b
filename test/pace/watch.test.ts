import { stripVTControlCharacters } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { generateData } from "../../fixtures/generate.ts";
import { migrate } from "../../src/core/migrate.ts";
import { callSsot } from "../cli/call-ssot.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { migrateOptions } from "../support/run-options.ts";
import { stopInTheMiddle, Told } from "./told.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await generateData(database.sql, { calls: 2000, contacts: 500 });
});
afterAll(() => database.drop());

const watching = () => ["status", "--watch", "1", "--database-url", database.url];

test("where nobody runs anything, the watch says so and ends", async () => {
  const { exitCode, stdout, stderr } = await callSsot(watching());
  expect([exitCode, stdout, stderr]).toEqual([0, "No run is at work.\n", ""]);
  const { stdout: document } = await callSsot([...watching(), "--json"]);
  expect(JSON.parse(document)).toMatchObject({
    command: "status",
    at: expect.any(String),
    tool: expect.any(String),
    run: null,
  });
});

test("a run of another session is watched to its end: step, rows, and what holds it", async () => {
  const { sql, url } = database;
  const told = new Told();
  const run = migrate(migrateOptions(url, { batchSize: 1, progress: told.progress, pace: { mode: "full" } }));
  const goOn = await stopInTheMiddle(sql, told);
  await told.until("paused", /flag/);
  const [task] = await sql<{ done: number; planned: number }[]>`
    select done::integer, planned::integer from ssot.task where task = 'calls.contact_id'`;
  let seen = (): void => {};
  const first = new Promise<void>((resolve) => {
    seen = resolve;
  });
  const watch = callSsot([...watching(), "--json"], { onStdout: () => seen() });
  await first;
  const text = callSsot(watching());
  const terminal = callSsot(watching(), { columns: 60 });
  let interrupt = (): void => {};
  const interrupted = callSsot(watching(), {
    onStart: (send) => {
      interrupt = () => send("SIGINT");
    },
    onStdout: () => interrupt(),
  });
  expect((await interrupted).exitCode).toBe(130);
  await goOn();
  await run;
  const { exitCode, stdout } = await watch;
  expect(exitCode).toBe(0);
  const documents = stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(documents.at(-1).run).toBeNull();
  expect(documents[0].run).toMatchObject({
    pid: expect.any(Number),
    migration: "20260209000100_backfill_contact_ids",
    direction: "migrate",
    step: "link_calls",
    rows: { what: "calls.contact_id", done: expect.any(Number), total: task?.planned },
    pace: { mode: "full", state: "paused", reason: "by the flag in ssot.pace" },
  });
  // Told every 100 ms: no more than is done, and not nothing.
  expect(documents[0].run.rows.done).toBeLessThanOrEqual(task?.done ?? 0);
  expect(documents[0].run.rows.done).toBeGreaterThan(0);
  expect((await text).stdout).toMatch(
    /^ssot migrate: pid \d+.* · 20260209000100_backfill_contact_ids: link calls, step \d+ of \d+ · calls\.contact_id: /,
  );
  const drawn = (await terminal).stdout;
  expect(drawn).toContain("pace full: paused, by the flag in ssot.pace");
  const lines = stripVTControlCharacters(drawn).split(/[\r\n]+/);
  expect(lines.filter((line) => line.length > 60)).toEqual([]);
});

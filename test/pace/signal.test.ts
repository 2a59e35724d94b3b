import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { generateData } from "../../fixtures/generate.ts";
import { packageRoot } from "../../src/model/package-root.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { untilHeld } from "./until-waits.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await generateData(database.sql, { calls: 2000, contacts: 500 });
});
afterAll(() => database.drop());

const isLinking = () => database.sql`
  select from pg_catalog.pg_stat_activity
  where datname = current_database() and query like 'call ssot.apply_journal%' and state = 'active'`;

async function readAll(stream: ChildProcess["stdout"]): Promise<string> {
  let text = "";
  for await (const chunk of stream ?? []) text += String(chunk);
  return text;
}

// Windows has no such signal.
test.skipIf(process.platform === "win32")(
  "SIGUSR2 pauses a run of the command, and the next one lets it go on",
  async () => {
    const { sql, url } = database;
    const args = ["migrate", "--database-url", url, "--yes", "--json", "--batch-size", "1", "--pace", "full"];
    const child = spawn(process.execPath, [join(packageRoot(), "bin", "ssot.js"), ...args], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    const exited = once(child, "exit");
    const output = Promise.all([readAll(child.stdout), readAll(child.stderr)]);
    while ((await isLinking()).length === 0) await sleep(5);
    child.kill("SIGUSR2");
    await untilHeld(sql);
    child.kill("SIGUSR2");
    expect(await exited).toEqual([0, null]);
    const [stdout, stderr] = await output;
    expect(stderr).toContain("pausing after this batch; SIGUSR2 once more goes on");
    expect(stderr).toContain("paused: by SIGUSR2");
    expect(stderr).toContain("going on");
    const { pace } = JSON.parse(stdout);
    expect(pace).toMatchObject({ mode: "full", reasons: { SIGUSR2: expect.any(Number) } });
    expect(pace.changes.map(({ state }: { state: string }) => state)).toContain("paused");
  },
);

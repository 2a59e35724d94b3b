import { spawn } from "node:child_process";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { migrate } from "../../src/core/migrate.ts";
import { packageRoot } from "../../src/model/package-root.ts";
import { differences } from "../crash/differences.ts";
import { createDirtyDatabase, snapshotOutside } from "../crash/equal-databases.ts";
import { holdAt, installPoints, untilHeld } from "../crash/hold-points.ts";
import { terminateRun } from "../crash/interruptions.ts";
import type { TestDatabase } from "../support/database.ts";
import { phase1 } from "../support/phase1.ts";
import { migrateOptions } from "../support/run-options.ts";

interface Outcome {
  readonly code: number | null;
  /** How many migrations it says it applied; undefined where it gave no report. */
  readonly applied: number | undefined;
  /** How many the ledger had as it ended. */
  readonly inLedger: number;
}

let database: TestDatabase;
let migrated: string;
let tally: unknown;

const readTally = ({ sql }: TestDatabase) => sql`select direction, what, n from ssot.tally order by direction, what`;

/** None where the ledger is not made yet: a command that is refused may end before the first has begun. */
async function countLedger(): Promise<number> {
  const [made] = await database.sql<{ ledger: string | null }[]>`select to_regclass('ssot.ledger')::text as ledger`;
  if (made?.ledger === null) return 0;
  const [row] = await database.sql<{ n: number }[]>`select count(*)::integer as n from ssot.ledger`;
  return row?.n ?? 0;
}

/** `ssot migrate` in a process of its own. */
async function runCommand(...args: readonly string[]): Promise<Outcome> {
  const child = spawn(
    process.execPath,
    [join(packageRoot(), "bin", "ssot.js"), "migrate", "--json", "--yes", `--database-url=${database.url}`, ...args],
    { stdio: ["ignore", "pipe", "ignore"] },
  );
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  const out = await text(child.stdout);
  const code = await ended;
  const report: { readonly applied?: readonly unknown[] } = out === "" ? {} : JSON.parse(out);
  return { code, applied: report.applied?.length, inLedger: await countLedger() };
}

beforeAll(async () => {
  const undisturbed = await createDirtyDatabase();
  await migrate(migrateOptions(undisturbed.url));
  migrated = await snapshotOutside(undisturbed);
  tally = await readTally(undisturbed);
  await undisturbed.drop();
});

beforeEach(async () => {
  database = await createDirtyDatabase();
});

afterEach(() => database.drop());

async function expectMigratedOnce(): Promise<void> {
  expect(await countLedger()).toBe(phase1.length);
  expect(await database.sql`select name from ssot.ledger group by name having count(*) > 1`).toEqual([]);
  expect(await readTally(database)).toEqual(tally);
}

test("of ten commands at once one applies, and the others wait for its end or are refused", async () => {
  const outcomes = await Promise.all(
    Array.from({ length: 10 }, (_, place) => runCommand(`--wait=${place % 2 === 0 ? 300 : 0}`)),
  );
  expect(outcomes.filter(({ applied }) => applied === phase1.length)).toHaveLength(1);
  for (const { code, applied, inLedger } of outcomes) {
    if (code === 0) expect([applied === 0 || applied === phase1.length, inLedger]).toEqual([true, phase1.length]);
    else expect([code, applied]).toEqual([5, undefined]);
  }
  expect(outcomes.filter(({ code }, place) => place % 2 === 0 && code !== 0)).toEqual([]);
  await expectMigratedOnce();
  expect(differences(migrated, await snapshotOutside(database))).toEqual([]);
});

test("a command that loses its session gives the lock to the next one, which goes on", async () => {
  const { sql } = database;
  await installPoints(sql);
  const letGo = await holdAt(sql, { at: 200, name: "among the first batches" });
  const first = runCommand("--lock-timeout=60000");
  await untilHeld(sql, first);
  const second = runCommand("--wait=300");
  await terminateRun(sql);
  const lost = await first;
  expect([lost.code === 0, lost.applied]).toEqual([false, undefined]);
  await letGo();
  expect(await second).toEqual({ code: 0, applied: 4, inLedger: 4 });
  await expectMigratedOnce();
});

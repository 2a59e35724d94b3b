import type { Sql } from "postgres";
import { afterAll, afterEach, expect } from "vitest";
import { callSsot } from "../cli/call-ssot.ts";
import { type Clones, cloneable } from "../promises/clones.ts";
import type { TestDatabase } from "../support/database.ts";
import { snapshotDatabase } from "../support/snapshot.ts";
import { loadBefore, loadUpgradeFixture, type UpgradeStateName } from "../support/upgrade-fixtures.ts";

export const mark = "20260209000400_mark_deprecated";
export const drop = "20260309000000_drop_deprecated_columns";

/** Calls `ssot` with these words on a database, which is to end with this exit code; tells what it said on stderr. */
export async function ends({ url }: TestDatabase, command: string, exitCode: number, why = ""): Promise<string> {
  const ended = await callSsot([...command.split(" "), "--database-url", url]);
  expect(ended.exitCode, `${command} ${why}\n${ended.stdout}${ended.stderr}`).toBe(exitCode);
  return ended.stderr;
}

/** Opens databases that 0.1.0 left, each state loaded once a file; they go when the test ends, what they come from with the file. */
export function openStates(): (name: UpgradeStateName) => Promise<TestDatabase> {
  const sources = new Map<UpgradeStateName, Promise<Clones>>();
  const opened: TestDatabase[] = [];
  afterEach(async () => {
    for (const database of opened.splice(0)) await database.drop();
  });
  afterAll(async () => {
    for (const clones of sources.values()) await (await clones).drop();
  });
  return async (name) => {
    const source = sources.get(name) ?? loadUpgradeFixture(name).then(cloneable);
    sources.set(name, source);
    const database = await (await source).clone();
    opened.push(database);
    return database;
  };
}

/** The database from before 0.1.0 came to a state, as text. */
export async function snapshotBefore(name: UpgradeStateName): Promise<string> {
  const database = await loadBefore(name);
  try {
    return await snapshotDatabase(database.sql);
  } finally {
    await database.drop();
  }
}

/** Objects without the rows in them, nor where a sequence stands. */
export function schemaIn(snapshot: string): readonly string[] {
  return snapshot
    .split("\n")
    .filter((line) => !line.startsWith("row "))
    .map((line) => line.replace(/"last_value":(?:null|"-?\d+")/, '"last_value":…'));
}

/** Why the drop is held, by the engine that is there. */
export async function blockersIn(sql: Sql): Promise<readonly string[]> {
  const rows = await sql<{ message: string }[]>`select message from ssot.phase3_blockers() order by message`;
  return rows.map(({ message }) => message);
}

/** Does the work, and sees to it that nothing is different after it. */
export async function changingNothing(sql: Sql, work: () => Promise<void>): Promise<void> {
  const before = await snapshotDatabase(sql);
  await work();
  expect(await snapshotDatabase(sql)).toBe(before);
}

import type { Sql } from "postgres";
import { expect } from "vitest";
import type { TestDatabase } from "../support/database.ts";
import { lotOf, seed, soak, tell } from "../support/draw.ts";
import { snapshotDatabase } from "../support/snapshot.ts";
import { differences } from "./differences.ts";
import { fillDirty, occupy } from "./equal-databases.ts";
import { disarm, installPoints, listPoints, type Point } from "./hold-points.ts";
import { carryOut, type RunName } from "./runs.ts";

/** What an undisturbed run passes, how it ends, and what a rollback of everything makes of that. */
export interface Undisturbed {
  readonly points: readonly Point[];
  readonly end: string;
  readonly takenBack: string;
}

/** Brings a database with nothing but the base schema to where a run begins: dirty, with objects in its way. */
export async function prepare(name: RunName, { sql, url }: Pick<TestDatabase, "sql" | "url">): Promise<void> {
  await fillDirty(sql);
  await occupy(sql);
  await installPoints(sql);
  if (name === "migrate") return;
  await carryOut("migrate", url);
  await sql`update ssot.ledger set run_on = run_on - interval '32 days'`;
  if (name === "rollback --to 20260209000400") await carryOut("migrate --phase 3", url);
}

/** Lets a run come to its end on a prepared database. */
export async function runUndisturbed(
  name: RunName,
  { sql, url }: Pick<TestDatabase, "sql" | "url">,
): Promise<Undisturbed> {
  const points = await listPoints(sql, (progress) => carryOut(name, url, progress));
  const end = await readEnd(name, sql);
  return { points, end, takenBack: await takeBack({ sql, url }) };
}

/** Runs once more what was struck, and takes everything back: both are to end as if nothing had been. Gives what differs. */
export async function goOn(
  name: RunName,
  { sql, url }: Pick<TestDatabase, "sql" | "url">,
  { end, takenBack }: Undisturbed,
): Promise<readonly string[]> {
  await disarm(sql);
  await carryOut(name, url);
  const found = differences(end, await readEnd(name, sql));
  return [...found, ...differences(takenBack, await takeBack({ sql, url }))];
}

/** Takes back at once what was struck. Gives what differs. */
export async function turnBack(
  { sql, url }: Pick<TestDatabase, "sql" | "url">,
  { takenBack }: Undisturbed,
): Promise<readonly string[]> {
  await disarm(sql);
  return differences(takenBack, await takeBack({ sql, url }));
}

async function takeBack({ sql, url }: Pick<TestDatabase, "sql" | "url">): Promise<string> {
  await carryOut("rollback --all", url);
  return readEnd("rollback --all", sql);
}

/** Strikes at some of the points, drawn anew in each run of the tests, or in a soak at all, and tells how many held. */
export async function strikeAt(
  how: string,
  name: RunName,
  points: readonly Point[],
  share: number,
  strike: (point: Point) => Promise<readonly string[]>,
): Promise<void> {
  const lot = (point: Point): number => lotOf(`${how} ${name} ${point.at}`);
  const few = Math.max(share, Math.ceil(points.length * soak));
  const chosen = points.toSorted((a, b) => lot(a) - lot(b)).slice(0, few);
  const failed: string[] = [];
  for (const point of chosen) {
    const problems = await strike(point).catch((error: unknown) => [String(error)]);
    if (problems.length > 0) failed.push([`point ${point.at}, ${point.name}`, ...problems].join("\n"));
  }
  const drawn = soak === 1 ? "all" : `of ${points.length}, drawn with seed ${seed}`;
  tell(
    `crash matrix: ${how}, ${name}: ${chosen.length - failed.length} of ${chosen.length} points survived (${drawn})`,
  );
  expect(points.length).toBeGreaterThan(share);
  expect(failed).toEqual([]);
}

/** What the tool keeps while it is needed holds times; what it counts does not. A complete rollback leaves nothing of it. */
async function readEnd(name: RunName, sql: Sql): Promise<string> {
  const ignoreSchemas = name === "rollback --all" ? ["strike"] : ["strike", "ssot"];
  const outside = await snapshotDatabase(sql, { ignoreSchemas });
  if (name === "rollback --all") return outside;
  const tally = await sql`select direction, what, n from ssot.tally order by direction, what`;
  return [outside, ...tally.map((row) => `tally ${JSON.stringify(row)}`)].join("\n");
}

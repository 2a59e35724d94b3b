import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { verify } from "../../src/core/verify.ts";
import { alignColumns } from "../../src/report/table.ts";
import type { Clones } from "../promises/clones.ts";
import { draw } from "../support/draw.ts";
import { damages } from "./damage.ts";
import { exitCodeOfReport, healthyClones, statusesOf, verifyOptions } from "./healthy-case.ts";
import { mutations } from "./mutations/index.ts";

let clones: Clones;
let healthy: ReadonlyMap<string, string>;
const told: (readonly string[])[] = [];
let caught = 0;

beforeAll(async () => {
  clones = await healthyClones();
  healthy = (await ask("select")).statuses;
});

afterAll(async () => {
  await clones.drop();
  const rows = [["damage", "noticed by", "status", "and by"], ...told];
  process.stderr.write(`\n${alignColumns(rows).join("\n")}\n\n${caught} of ${told.length} damages caught\n\n`);
});

/** The report on a healthy database that something was done to. */
async function ask(change: string, undo = "select", suites: readonly string[] = []) {
  const run = randomBytes(4).toString("hex");
  const database = await clones.clone();
  try {
    await database.sql.unsafe(change.replaceAll("{run}", run));
    const report = await verify(await verifyOptions(database.url, { suites }));
    const reasons = report.suites.flatMap(({ checks }) => checks.map(({ actual }) => actual));
    return {
      statuses: statusesOf(report),
      because: reasons.filter(isBecause),
      exitCode: exitCodeOfReport(report, "fail"),
    };
  } finally {
    await database.sql.unsafe(undo.replaceAll("{run}", run));
    await database.drop();
  }
}

const isBecause = (actual: string): boolean => actual.startsWith("because of ");

function changesOf(statuses: ReadonlyMap<string, string>): readonly (readonly [id: string, status: string])[] {
  return [...statuses].filter(([id, status]) => healthy.get(id) !== status);
}

test("a healthy database passes: nothing is broken, nothing could not be asked", () => {
  const rest = [...healthy].filter(([, status]) => status !== "pass");
  expect(rest).toEqual([
    ["schema.archive", "skip"],
    ["schema.columns-dropped", "skip"],
    ["coverage.unlinked", "warn"],
    ["dashboard.live", "skip"],
    ["phase3.readers", "skip"],
    ["deprecations.archive", "skip"],
  ]);
});

const cases = damages.map(([what, sql, caughtBy, status = "fail", undo]) => ({ what, sql, caughtBy, status, undo }));

test.each(draw("damages", cases, ({ what }) => what, 0.1))(
  "$what: $caughtBy notices",
  async ({ what, sql, caughtBy, status, undo }) => {
    const { statuses, because, exitCode } = await ask(sql, undo, ["schema", caughtBy.split(".", 1).join()]);
    const others = changesOf(statuses).filter(([id, found]) => id !== caughtBy && found !== "skip");
    told.push([
      what,
      caughtBy,
      statuses.get(caughtBy) ?? "not asked",
      others
        .map(([id]) => id)
        .join(" ")
        .slice(0, 60),
    ]);
    // What follows from another broken claim says so instead.
    expect([status, ...(because.length > 0 ? ["skip"] : [])]).toContain(statuses.get(caughtBy));
    expect(exitCode).toBe([...statuses.values()].includes("fail") ? 1 : 0);
    caught += 1;
  },
);

test("every check is broken once, but those that other tests break", () => {
  const proven = new Set([...damages.map(([, , caughtBy]) => caughtBy), ...mutations.map(({ cause }) => cause)]);
  expect([...healthy.keys()].filter((id) => !proven.has(id))).toEqual([
    "schema.archive",
    "schema.columns-dropped",
    "coverage.unlinked",
    "auto-create.tenant-wall",
    "dashboard.live",
    "performance.dashboard-page",
    "performance.auto-create",
    "phase3.privileges",
    "phase3.readers",
    // test/deprecate/damage.test.ts
    "deprecations.marked",
    "deprecations.witnessed",
    "deprecations.guarded",
    "deprecations.rows",
    "deprecations.archive",
    "deprecations.gate",
  ]);
});

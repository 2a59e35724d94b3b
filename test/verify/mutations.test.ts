import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { verify } from "../../src/core/verify.ts";
import { type Clones, cloneable } from "../promises/clones.ts";
import { draw, tell } from "../support/draw.ts";
import { exitCodeOfReport, statusesOf, verifyOptions } from "./healthy-case.ts";
import { makeBusy } from "./mutations/case.ts";
import { harmless } from "./mutations/harmless.ts";
import { mutations } from "./mutations/index.ts";

let clones: Clones;
let healthy: ReadonlyMap<string, string>;
const score = { mutations: 0, caught: 0, harmless: 0, alarms: 0 };

beforeAll(async () => {
  clones = await cloneable(await makeBusy());
  healthy = (await ask("select")).statuses;
});

afterAll(async () => {
  await clones?.drop();
  tell(
    `caught for their cause: ${score.caught} of ${score.mutations} mutations; false alarms: ${score.alarms} of ${score.harmless} harmless situations`,
  );
});

/** Everything that verify says of a healthy database that something was done to. */
async function ask(change: string, undo = "select") {
  const run = randomBytes(4).toString("hex");
  const database = await clones.clone();
  try {
    await database.sql.unsafe(change.replaceAll("{run}", run));
    const report = await verify(await verifyOptions(database.url));
    return { report, statuses: statusesOf(report), exitCode: exitCodeOfReport(report, "fail") };
  } finally {
    await database.sql.unsafe(undo.replaceAll("{run}", run)).catch(() => {});
    await database.drop();
  }
}

/** The checks that end as they should not: those of the healthy database left out. */
function told(statuses: ReadonlyMap<string, string>, wanted: readonly string[]): readonly string[] {
  return [...statuses].filter(([id, is]) => wanted.includes(is) && healthy.get(id) !== is).map(([id]) => id);
}

test.each(draw("mutations", mutations, ({ what }) => what, 0.03))(
  "$what: $cause is the one that says so",
  async (one) => {
    score.mutations += 1;
    const { statuses, exitCode } = await ask(one.sql, one.undo);
    const red = told(statuses, ["fail", "error"]);
    const found = { cause: statuses.get(one.cause), red, exitCode };
    const failing = one.status === "fail";
    const wanted = { cause: one.status, red: failing ? [one.cause] : [], exitCode: failing ? 1 : 0 };
    if (JSON.stringify(found) === JSON.stringify(wanted)) score.caught += 1;
    else tell(`  ${one.what}: ${one.cause} ${found.cause}, red: ${red.join(" ")}`);
    expect(found).toEqual(wanted);
  },
  // Some of them make each row dear.
  600_000,
);

test.each(draw("harmless situations", harmless, ({ what }) => what, 0.05))("$what: nothing is said", async (one) => {
  score.harmless += 1;
  const { report, statuses, exitCode } = await ask(one.sql, one.undo);
  const red = told(statuses, ["fail", "error", "warn"]);
  if (red.length > 0) {
    score.alarms += 1;
    const said = report.suites.flatMap(({ id, checks }) =>
      checks.filter((check) => red.includes(`${id}.${check.id}`)).map((check) => check.actual),
    );
    tell(`  ${one.what}: ${red.join(" ")}: ${said.join(" | ").slice(0, 300)}`);
  }
  expect(red).toEqual([]);
  expect(exitCode).toBe(0);
});

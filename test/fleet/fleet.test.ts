import { afterEach, beforeEach, expect, test } from "vitest";
import { lockClass } from "../../src/migrations/run-lock.ts";
import { callSsot } from "../cli/call-ssot.ts";
import type { TestDatabase } from "../support/database.ts";
import { appliedIn, callFleet, createFleet, type FleetCase, kindsOf } from "./fleet-case.ts";

let fleet: FleetCase;

beforeEach(async () => {
  fleet = await createFleet(["acme", "globex", "initech"]);
});

afterEach(() => fleet.drop());

test("a fleet migrates each database of its list, a second run finds nothing to do, and takes what was added", async () => {
  const first = await callFleet(["migrate", "--targets", fleet.list()]);
  expect(first.exitCode).toBe(0);
  expect(kindsOf(first.report)).toEqual({ targets: 3, done: 3 });
  expect(first.report.targets.map(({ name }) => name)).toEqual(["acme", "globex", "initech"]);
  expect(first.of("acme")?.report).toMatchObject({ command: "migrate", dryRun: false });
  for (const database of fleet.databases.values()) expect(await appliedIn(database)).toBe(4);

  const added = await fleet.add("umbrella");
  const second = await callFleet(["migrate", "--targets", fleet.list()]);
  expect(second.exitCode).toBe(0);
  expect(kindsOf(second.report)).toEqual({ targets: 4, "nothing-to-do": 3, done: 1 });
  expect(second.of("acme")).toMatchObject({ state: "nothing-to-do", exit: 0, report: null, attempts: 0 });
  expect(await appliedIn(added)).toBe(4);

  const status = await callFleet(["status", "--targets", fleet.list()]);
  expect(kindsOf(status.report)).toEqual({ targets: 4, done: 4 });
  const verified = await callFleet(["verify", "schema", "--targets", fleet.list()]);
  expect(verified.of("globex")?.report).toMatchObject({ command: "verify", suites: [{ id: "schema" }] });
  expect(verified.exitCode).toBe(0);
});

test("one target that cannot be had hides no other, and the exit code is the worst", async () => {
  const { url } = of("globex");
  const away = new URL(url);
  away.pathname = "/not_there";
  const gone = new URL(url);
  gone.port = "1";
  const lines = [...fleet.databases].map(([name, database]) => `${name} ${database.url}`);
  const twice = url.replace("127.0.0.1", "localhost").replace("postgres://", "postgresql://");
  const list = fleet.list([
    "# customers",
    ...lines,
    "",
    `again ${twice} # the same`,
    `away ${away.href}`,
    `gone ${gone.href}`,
  ]);
  const release = await holdRunLock(of("globex"));
  const {
    exitCode,
    report,
    of: outcome,
    stderr,
    stdout,
  } = await callFleet(["migrate", "--targets", list, "--wait", "0"]);
  expect(exitCode).toBe(3);
  expect(kindsOf(report)).toEqual({ targets: 6, done: 2, same: 1, unable: 2, locked: 1 });
  expect(outcome("again")).toMatchObject({ sameAs: "globex", exit: null });
  expect(outcome("away")?.report).toMatchObject({ error: { code: "REFUSED_LOGIN" } });
  expect(outcome("gone")?.report).toMatchObject({ error: { code: "UNREACHABLE" } });
  expect(outcome("globex")).toMatchObject({ state: "locked", exit: 5, attempts: 2 });
  expect(stderr).toContain("globex  somebody else is at work there: again at the end");
  expect(stdout + stderr).not.toContain(decodeURIComponent(new URL(url).password));
  await release();
  const again = await callFleet(["migrate", "--targets", fleet.list()]);
  expect(kindsOf(again.report)).toEqual({ targets: 3, "nothing-to-do": 2, done: 1 });
});

test("a canary goes first: the others begin only when it ended well and verify holds", async () => {
  const { sql } = of("globex");
  await sql`update public.contacts set phone = 'no number' where id = (select id from public.contacts order by id limit 1)`;
  const red = await callFleet(["migrate", "--targets", fleet.list(), "--canary", "globex"]);
  expect(red.exitCode).toBe(4);
  expect(red.report.stopped).toBe("canary");
  expect(kindsOf(red.report)).toEqual({ targets: 3, failed: 1, "not-begun": 2 });
  expect(await appliedIn(of("acme"))).toBe(0);

  const green = await callFleet(["migrate", "--targets", fleet.list(), "--canary", "1"]);
  expect(green.of("acme")).toMatchObject({
    state: "done",
    canary: { verify: { exit: 0, report: { command: "verify" } } },
  });
  expect(kindsOf(green.report)).toEqual({ targets: 3, failed: 1, done: 2 });

  // Applied already, but no longer as it should be.
  await of("acme").sql`drop view public.calls_with_caller_names`;
  const broken = await callFleet(["migrate", "--targets", fleet.list(), "--canary", "acme"]);
  expect(broken.of("acme")).toMatchObject({ state: "finding", exit: 1, attempts: 0 });
  expect(broken.of("globex")).toMatchObject({ state: "not-begun" });
});

test("--stop-after begins no further target after failures of a kind that repeats", async () => {
  for (const { sql } of fleet.databases.values()) {
    await sql`update public.contacts set phone = 'no number' where id = (select id from public.contacts order by id limit 1)`;
  }
  const { exitCode, report } = await callFleet([
    "migrate",
    "--targets",
    fleet.list(),
    "--stop-after",
    "1",
    "--parallel",
    "1",
  ]);
  expect({ exitCode, stopped: report.stopped }).toEqual({ exitCode: 4, stopped: "stop-after" });
  expect(kindsOf(report)).toEqual({ targets: 3, failed: 1, "not-begun": 2 });
});

test("a fleet goes back to a place that is the same for all, after one question", async () => {
  const list = fleet.list();
  await callFleet(["migrate", "--targets", list]);
  const bare = await callSsot(["fleet", "rollback", "--targets", list, "--yes"]);
  expect(bare.exitCode).toBe(2);
  expect(bare.stderr.replaceAll(/\s+/g, " ")).toContain("expected --to NAME, --all or --plan DIR");
  const silent = await callSsot(["fleet", "rollback", "--all", "--targets", list]);
  expect(silent.exitCode).toBe(2);
  const refused = await callSsot(["fleet", "rollback", "--all", "--targets", list], { answers: "\n", columns: 80 });
  expect(refused.exitCode).toBe(130);
  expect(refused.stderr).toMatch(/ {2}acme {2}[\w.]+:\d+\/ssot_test_\w+\n/);
  expect(refused.stderr).toContain("Take these 3 back?");
  expect(await appliedIn(of("acme"))).toBe(4);
  const all = await callFleet(["rollback", "--all", "--targets", list, "--yes"]);
  expect(kindsOf(all.report)).toEqual({ targets: 3, done: 3 });
  for (const database of fleet.databases.values()) expect(await appliedIn(database)).toBe(0);
  const again = await callFleet(["rollback", "--all", "--targets", list, "--yes"]);
  expect(kindsOf(again.report)).toEqual({ targets: 3, "nothing-to-do": 3 });
});

/** Holds the run lock as another run would; gives what ends that. */
async function holdRunLock({ sql }: TestDatabase): Promise<() => Promise<void>> {
  const session = await sql.reserve();
  await session`select pg_advisory_lock(${lockClass}, 1)`;
  return async () => {
    await session`select pg_advisory_unlock(${lockClass}, 1)`;
    session.release();
  };
}

function of(name: string): TestDatabase {
  const database = fleet.databases.get(name);
  if (database === undefined) throw new Error(`there is no database ${name}`);
  return database;
}

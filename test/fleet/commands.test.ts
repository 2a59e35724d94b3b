import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { callSsot } from "../cli/call-ssot.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { appliedIn, callFleet, createFleet, type FleetCase, kindsOf } from "./fleet-case.ts";

let fleet: FleetCase;

beforeAll(async () => {
  fleet = await createFleet(["acme", "globex"]);
});

afterAll(() => fleet.drop());

// In their order: each goes on from where the one before it left the databases.

test("a rehearsal works on the copy of each target, and leaves the targets alone", async () => {
  const copy = await fleet.add("spare");
  const lines = ["acme", "globex"].map((name) => `${name} ${of(name).url}`);
  const lacking = await callSsot(["fleet", "rehearse", "--targets", fleet.list(lines)]);
  expect(lacking.exitCode).toBe(2);
  expect(lacking.stderr).toMatch(/these targets have no copy:\n +- acme\n +- globex\n/);
  const twice = fleet.list(lines.map((line) => `${line} copy=${copy.url}`));
  expect((await callSsot(["fleet", "rehearse", "--targets", twice])).exitCode).toBe(2);
  const list = fleet.list([`${lines[0]} copy=${copy.url}`]);
  const { exitCode, of: outcome } = await callFleet(["rehearse", "--targets", list]);
  expect(outcome("acme")).toMatchObject({ state: "done", report: { command: "rehearse", equal: true } });
  expect(exitCode).toBe(0);
  expect(await appliedIn(of("acme"))).toBe(0);
  expect(await appliedIn(copy)).toBe(4);
  const self = await callFleet([
    "rehearse",
    "--targets",
    fleet.list([`acme ${of("acme").url} copy=${of("acme").url}`]),
  ]);
  expect(self.of("acme")).toMatchObject({ state: "unable", report: { error: { code: "PREFLIGHT" } } });
});

test("a plan is written for each target, and followed by name; a target without one is refused before any is begun", async () => {
  const lines = ["acme", "globex"].map((name) => `${name} ${of(name).url}`);
  const plans = join(fleet.folder, "plans");
  const drawn = await callFleet(["migrate", "--dry-run", "--plan-out", plans, "--targets", fleet.list(lines)]);
  expect(kindsOf(drawn.report)).toEqual({ targets: 2, done: 2 });
  expect(readdirSync(plans).toSorted()).toEqual(["acme.json", "acme.md", "globex.json", "globex.md"]);
  expect(await appliedIn(of("acme"))).toBe(0);
  const added = fleet.list([...lines, `spare ${of("spare").url}`]);
  const refused = await callSsot(["fleet", "migrate", "--plan", plans, "--targets", added]);
  expect(refused.exitCode).toBe(2);
  expect(refused.stderr).toMatch(/these targets have no plan in that folder:\n +- spare\n/);
  expect(await appliedIn(of("acme"))).toBe(0);
  await of("globex").sql`alter table public.calls add column noticed text`;
  const followed = await callFleet(["migrate", "--plan", plans, "--targets", fleet.list(lines)]);
  expect(followed.of("acme")).toMatchObject({ state: "done", report: { plan: { done: false } } });
  expect(followed.of("globex")?.report).toMatchObject({ error: { code: "PLAN_DIFFERS" } });
  expect(followed.exitCode).toBe(6);
  expect(await appliedIn(of("globex"))).toBe(0);
});

test("doctor, audit and verify are asked of each, and a finding is the exit code of all", async () => {
  await callFleet(["migrate", "--targets", fleet.list()]);
  const doctor = await callFleet(["doctor", "--targets", fleet.list()]);
  expect(doctor.of("acme")?.report).toMatchObject({ command: "doctor", checks: expect.any(Array) });
  const recorded = await callFleet(["audit", "record", "--targets", fleet.list(), "--allow", "archive=2099-12-31"]);
  expect(recorded.of("globex")).toMatchObject({ state: "done", report: { recorded: { excused: ["archive"] } } });
  await of("globex").sql`update public.calls set caller_name = 'x'`;
  const audit = await callFleet(["audit", "deprecated", "--fail-on-writes", "--targets", fleet.list()]);
  expect(kindsOf(audit.report)).toEqual({ targets: 3, done: 2, finding: 1 });
  expect(audit.exitCode).toBe(1);
  const table = await callSsot(["fleet", "audit", "deprecated", "--fail-on-writes", "--targets", fleet.list(), "-q"]);
  expect(table.stderr).toBe("");
  expect(table.stdout).toMatch(/ {2}globex {2}finding {2}\d+ writes? · the drop may not run/);
});

test("--again links the calls that came since; a run without it leaves them", async () => {
  const { sql } = of("acme");
  await sql`update public.calls set contact_id = null`;
  const left = await callFleet(["migrate", "--targets", fleet.list()]);
  expect(left.of("acme")).toMatchObject({ state: "nothing-to-do" });
  const again = await callFleet(["migrate", "--again", "--targets", fleet.list()]);
  expect(again.of("acme")).toMatchObject({ state: "done", report: { applied: [], caughtUp: expect.any(Number) } });
  const [row] = await sql<{ linked: number }[]>`select count(contact_id)::int as linked from public.calls`;
  expect(row?.linked).toBeGreaterThan(0);
});

test("the list may be a query on a catalogue, or stdin", async () => {
  const catalogue = await createTestDatabase({ template: "empty" });
  try {
    await catalogue.sql`create table public.tenants (id int, url text)`;
    await catalogue.sql`insert into public.tenants values (2, ${of("globex").url}), (1, ${of("acme").url})`;
    const query = "select id as name, url from tenants order by id";
    const asked = await callFleet(["status", "--query", query, "--database-url", catalogue.url]);
    expect(asked.report.targets.map(({ name, state }) => [name, state])).toEqual([
      ["1", "done"],
      ["2", "done"],
    ]);
  } finally {
    await catalogue.drop();
  }
  const piped = await callFleet(["status", "--targets", "-"], { answers: `acme ${of("acme").url}\n` });
  expect(piped.report.targets).toMatchObject([{ name: "acme", state: "done" }]);
});

function of(name: string): TestDatabase {
  const database = fleet.databases.get(name);
  if (database === undefined) throw new Error(`there is no database ${name}`);
  return database;
}

import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { makeProject, type Project } from "../deprecate/wiki.ts";
import { type RecordingClones, startRecordingClones } from "../support/recording-server.ts";

let clones: RecordingClones;
let project: Project;

beforeAll(async () => {
  clones = await startRecordingClones();
});
beforeEach(async () => {
  const database = await clones.clone();
  // Its counters are its own: what was counted in the database that it is a copy of is not.
  await database.sql`truncate ssot.reader, ssot.reader_sample`;
  project = makeProject({ ...database, name: database.sql.options.database, drop: async () => {} });
});
afterEach(() => project.end());
afterAll(() => clones?.stop());

async function asApp(statement: string): Promise<void> {
  await project.database.sql.begin(async (own) => {
    await own`set local role app`;
    await own.unsafe(statement);
  });
}

const configure = (audit: object): void => project.write("ssot.config.json", JSON.stringify({ audit }));

/** Why the drop is held, as each command says it; verify counts readers instead. */
async function toldBy(...args: readonly string[]) {
  const { phase3 } = await project.ask<{ phase3: { reasons: { message: string }[] } }>("audit", "deprecated", ...args);
  const status = await project.ask<{ migrations: { heldBecause: string[] }[] }>("status", ...args);
  const plan = await project.ask<{ held: { reasons: string[] }[] }>("migrate", "--dry-run", "--phase", "3", ...args);
  const { suites } = await project.ask<{ suites: { checks: { id: string; status: string }[] }[] }>(
    "verify",
    "phase3",
    ...args,
  );
  const audit = phase3.reasons.map(({ message }) => message);
  const none = ["its gate is open: ssot migrate --phase 3 drops the columns"];
  expect(status.migrations.at(-1)?.heldBecause).toEqual(audit.length === 0 ? none : audit);
  expect(plan.held.flatMap(({ reasons }) => reasons)).toEqual(audit);
  const readers = suites[0]?.checks.find(({ id }) => id === "readers")?.status;
  expect(readers).toBe(audit.length === 0 ? "pass" : "fail");
  return audit;
}

const named = "select caller_name from public.calls limit 1";
const whole = "select * from public.calls limit 1";

test("an excused role is excused by every command, told or configured", async () => {
  await asApp(named);
  expect(await toldBy()).toMatchObject([expect.stringContaining("read by role app")]);
  expect(await toldBy("--allow", "app")).toEqual([]);
  configure({ allow: ["somebody", "app=2999-12-31"] });
  expect(await toldBy()).toEqual([]);
  expect(await toldBy("--allow", "app=2000-01-01")).toHaveLength(1);
  configure({ allow: ["app=2000-01-01"] });
  expect(await toldBy()).toHaveLength(1);
});

test("whole rows, and what nobody observed, are reasons of every command that requires evidence", async () => {
  await asApp(whole);
  expect(await toldBy()).toEqual([]);
  const required = await toldBy("--reads", "require");
  expect(required).toEqual([
    expect.stringContaining("read with all columns by role app"),
    expect.stringContaining("nothing was counted before"),
  ]);
  configure({ reads: "require" });
  expect(await toldBy()).toEqual(required);
  expect(await toldBy("--reads", "warn")).toEqual([]);
  configure({ reads: "require", allow: ["app"] });
  expect(await toldBy()).toEqual([expect.stringContaining("nothing was counted before")]);
});

test("audit record keeps the configured roles as excused, and counts what the configuration requires", async () => {
  await asApp(named);
  await asApp(whole);
  const record = async () => (await project.ask<{ recorded: object }>("audit", "record", "--yes")).recorded;
  expect(await record()).toMatchObject({ reasons: 1, excused: [] });
  configure({ reads: "require" });
  expect(await record()).toMatchObject({ reasons: 2, excused: [] });
  configure({ allow: ["app=2999-12-31"] });
  expect(await record()).toMatchObject({ reasons: 0, excused: ["app"] });
  configure({});
  expect(await toldBy()).toEqual([]);
});

test.each([
  [{ allow: ["app=soon"] }, "audit.allow.0: expected ROLE or ROLE=YYYY-MM-DD"],
  [{ allow: ["app=2026-02-30"] }, "audit.allow.0: expected ROLE"],
  [{ reads: "always" }, "audit.reads:"],
  [{ roles: [] }, "audit: "],
])("a configuration that cannot be used stops a command: %j", async (audit, problem) => {
  configure(audit);
  const { exitCode, stderr } = await project.ssot("status");
  expect(exitCode).toBe(2);
  expect(stderr.replace(/\s+/g, " ")).toContain(problem);
});

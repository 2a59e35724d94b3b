import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { loadSeedCase } from "../../fixtures/seed-case.ts";
import { callSsot } from "../cli/call-ssot.ts";
import { makeRehearseCase, type RehearseCase } from "./rehearse-case.ts";

let rehearsal: RehearseCase;
afterEach(() => rehearsal.end());

const seed = async () => {
  rehearsal = await makeRehearseCase(({ sql }) => loadSeedCase(sql));
};
const failing = async () => {
  const { copy, target, folder } = rehearsal;
  const story = ["--config", join(folder, "ssot.config.json")];
  const { exitCode, stderr } = await callSsot(["rehearse", "--on", copy.url, "--for", target.url, ...story]);
  return { exitCode, stderr: stderr.replace(/\s+/g, " ") };
};
const schemasOf = async () => {
  const rows = await rehearsal.copy.sql<{ name: string }[]>`
    select nspname as name from pg_catalog.pg_namespace where nspname like 'ssot%' order by 1`;
  return rows.map(({ name }) => name);
};
const applied = async () => {
  const rows = await rehearsal.copy.sql<{ name: string }[]>`select name from ssot.ledger order by name`;
  return rows.length;
};

test("the whole story on a copy: migrated, verified, taken back and equal, the target as it was", async () => {
  await seed();
  const before = await rehearsal.snapshotOf(rehearsal.target);
  const { exitCode, report } = await rehearsal.rehearse("--phase", "3");
  expect(report).toMatchObject({
    command: "rehearse",
    ok: true,
    equal: true,
    differences: [],
    notCompared: [],
    held: [],
  });
  expect(exitCode).toBe(0);
  expect(report.runs.map(({ name }) => name)).toEqual([
    "migrate",
    "rollback",
    "migrate again",
    "drop",
    "rollback of the drop",
  ]);
  expect(report.compared).toEqual([
    { stage: "migrate", tables: 12, rows: expect.any(Number), equal: true },
    { stage: "drop", tables: 13, rows: expect.any(Number), equal: true },
  ]);
  expect(report.verify).toMatchObject({ ok: true, failed: [] });
  expect(report.waived).toEqual([]);
  expect(await rehearsal.snapshotOf(rehearsal.target)).toBe(before);
  expect(await schemasOf()).toEqual(["ssot"]);
  expect(await applied()).toBe(4);
});

test("a way back that loses values is a finding, by table, columns and count, and never by value", async () => {
  await seed();
  rehearsal.tell(
    "20260210000000_shout",
    "update public.contacts set email = upper(email) where id in (select id from public.contacts where email is not null order by id limit 2)",
    "select 1",
  );
  await rehearsal.copy.sql`update public.contacts set email = 'somebody-' || id`;
  const { exitCode, report, stdout } = await rehearsal.rehearse();
  expect(exitCode).toBe(1);
  expect([report.ok, report.equal]).toEqual([false, false]);
  expect(report.differences).toEqual([
    {
      stage: "migrate",
      kind: "rows",
      name: "public.contacts",
      change: "changed",
      count: 2,
      columns: ["email"],
    },
  ]);
  expect(stdout).not.toMatch(/somebody/i);
});

test("a drop that is held where nothing else is pending is told as that, and not as a way back that failed", async () => {
  await seed();
  await callSsot(["migrate", "--database-url", rehearsal.copy.url]);
  await rehearsal.copy.sql`create view public.reads_names as select id, caller_name from public.calls`;
  const file = join(rehearsal.folder, "held.txt");
  const { exitCode, report } = await rehearsal.rehearse("--phase", "3", "--reporter", `table=${file}`);
  expect([exitCode, report.ok, report.compared, report.held]).toEqual([
    1,
    false,
    [],
    [expect.stringContaining("public.reads_names")],
  ]);
  const text = readFileSync(file, "utf8").replace(/\s+/g, " ");
  expect(text).toContain("Not to be done like this: the drop is held.");
  expect(text).not.toContain("does not restore");
});

test("a migration that fails on the copy is gone on with by the same command, and no hint leads to the target", async () => {
  await seed();
  rehearsal.tell("20260210000000_fails", "select 1/0", "select 1");
  const { exitCode, stderr } = await failing();
  expect([exitCode, stderr]).toEqual([4, expect.stringContaining("the same command takes back what was done")]);
  expect(stderr).not.toMatch(/ssot (migrate|rollback)/);
  rehearsal.tell("20260210000000_fails", "select 1", "select 1");
  const again = await rehearsal.rehearse();
  expect([again.exitCode, again.report.wentOn, again.report.equal]).toEqual([0, true, true]);
});

test("where the way back itself fails, what helps is another file or another copy", async () => {
  await seed();
  rehearsal.tell("20260210000000_no_way_back", "select 1", "select 1/0");
  for (const time of ["the first", "the second"]) {
    const { exitCode, stderr } = await failing();
    expect([time, exitCode, stderr]).toEqual([time, 4, expect.stringContaining("or make a new copy")]);
    expect(stderr).not.toMatch(/ssot (migrate|rollback)|begins anew/);
  }
});

test("an object that the way back leaves behind is a finding", async () => {
  await seed();
  rehearsal.tell("20260210000000_left", "create index calls_left on public.calls (org_id)", "select 1");
  const { exitCode, report } = await rehearsal.rehearse();
  expect(exitCode).toBe(1);
  expect(report.differences).toEqual([
    { stage: "migrate", kind: "index", name: "public.calls_left", change: "new", count: null, columns: [] },
  ]);
  expect(report.stopped).toMatch(/^migrate again: .*calls_left/s);
});

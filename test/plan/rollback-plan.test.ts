import { afterEach, beforeEach, expect, test } from "vitest";
import { rollback } from "../../src/core/rollback.ts";
import { cloneDatabase, dropDatabase } from "../support/database.ts";
import { phase1 } from "../support/phase1.ts";
import { rollbackOptions } from "../support/run-options.ts";
import { snapshotDatabase } from "../support/snapshot.ts";
import { makePlanCase, type PlanCase } from "./plan-case.ts";

let here: PlanCase;
let original: string;
beforeEach(async () => {
  here = await makePlanCase("rollback");
  original = await snapshotDatabase(here.database.sql);
  expect((await here.ssot("migrate")).exitCode).toBe(0);
});
afterEach(() => here.end());

const plan = () => JSON.parse(here.read("plan.json"));
const linked = `${phase1[0]}: restored callsLinked`;

test("what was approved is taken back, and again there is nothing left of it", async () => {
  await here.approve("--all");
  const { pending, hash } = plan();
  expect(pending.map(({ name }: { name: string }) => name)).toEqual(phase1.toReversed());
  expect(pending.at(-1).effects).toMatchObject({ "restored callsLinked": 6, "lost indexes": 2 });
  expect((await here.follow()).stdout).toContain(`as plan ${hash.slice(0, 12)} says`);
  expect(await snapshotDatabase(here.database.sql)).toBe(original);
  expect((await here.follow()).stdout).toContain(`Nothing of plan ${hash.slice(0, 12)} is left to take back.`);
  expect(await snapshotDatabase(here.database.sql)).toBe(original);
});

test("a plan of the last migration takes back that one, and not the one before it when it is followed again", async () => {
  await here.approve();
  await here.follow();
  expect(await here.ledger()).toEqual(phase1.slice(0, -1));
  await here.follow();
  expect(await here.ledger()).toEqual(phase1.slice(0, -1));
});

test("refused where an index is added, or rows moved beyond the tolerance", async () => {
  await here.approve("--all");
  await here.database.sql.unsafe("create index calls_x_idx on public.calls (org_id)");
  expect(await here.refusal()).toEqual([expect.stringMatching(/^index public\.calls_x_idx was added: /)]);
  await here.database.sql.unsafe("drop index public.calls_x_idx");
  const { sql } = here.database;
  await sql`update public.calls set contact_id = null where id = (select min(id::text)::uuid from public.calls where contact_id is not null)`;
  expect(await here.refusal()).toEqual([`${linked}: 5 rows, planned were 6, 10 % may differ`]);
  await here.follow("--tolerance", "20");
});

test("refused where one that was to be taken back is taken back by somebody else, or a new one is applied", async () => {
  await here.approve("--to", phase1[0] ?? "");
  expect((await here.ssot("migrate", "--with", "search")).exitCode).toBe(0);
  expect(await here.refusal()).toContainEqual(
    expect.stringMatching(/_search_indexes: was pending, and is applied, not by this plan$/),
  );
  expect((await here.ssot("rollback", "--yes")).exitCode).toBe(0);
  expect((await here.ssot("rollback", "--yes")).exitCode).toBe(0);
  const differences = await here.refusal();
  expect(differences).toContain(`migration ${phase1.at(-1)}: was applied, and is pending, not by this plan`);
  expect(differences).toContain(`${phase1.at(-1)} would not be taken back: it is not what comes next`);
});

test("another database and a plan of migrate are refused, options that say otherwise too", async () => {
  await here.approve("--all");
  const before = await snapshotDatabase(here.database.sql);
  const error = async (...args: readonly string[]) => {
    const { exitCode, stdout } = await here.ssot(...args, "--json", "--yes");
    const { error: told } = JSON.parse(stdout) as { error: { code: string; message: string } };
    return `${exitCode} ${told.code}: ${told.message}`;
  };
  expect(await error("rollback", "--plan", "plan.json", "--to", phase1[0] ?? "")).toBe(
    "2 USAGE: the plan says otherwise than --to",
  );
  expect(await error("migrate", "--plan", "plan.json")).toBe("2 PLAN_FILE: plan.json is a plan of ssot rollback");
  expect((await here.ssot("migrate", "--dry-run", "--plan-out", "up.json")).exitCode).toBe(0);
  expect(await error("rollback", "--plan", "up.json")).toBe("2 PLAN_FILE: up.json is a plan of ssot migrate");
  expect(await snapshotDatabase(here.database.sql)).toBe(before);
  await here.database.sql.end();
  const clone = await cloneDatabase(here.database.name, `${here.database.name}_r`);
  const there = await snapshotDatabase(clone.sql);
  expect(await error("rollback", "--plan", "plan.json", "--database-url", clone.url)).toMatch(
    /^6 PLAN_DIFFERS: .*\n {2}- database \w+ was planned for, this is \w+_r$/,
  );
  expect(await snapshotDatabase(clone.sql)).toBe(there);
  await clone.sql.end();
  await dropDatabase(clone.name);
});

test("without a terminal it needs --yes as well, and the form for a pull request says what comes back and what goes", async () => {
  await here.approve("--all", "--plan-out", "plan.md");
  const { exitCode, stderr } = await here.ssot("rollback", "--plan", "plan.json");
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining("expected --yes")]);
  const text = here.read("plan.md");
  for (const part of [
    "### ssot rollback: plan",
    "restored: 6 links of calls",
    "2 indexes",
    "ssot rollback --plan plan.json",
  ])
    expect(text).toContain(part);
});

test("cut off between two migrations it goes on, and knows what this plan has taken back", async () => {
  await here.approve("--all");
  const cutOff = rollback(
    rollbackOptions(here.database.url, {
      plan: { document: plan(), tolerance: 10 },
      progress: {
        onMigration: (name) => {
          if (name === phase1[1]) throw new Error("cut off");
        },
      },
    }),
  );
  await expect(cutOff).rejects.toThrow("cut off");
  expect(await here.ledger()).toEqual(phase1.slice(0, 2));
  await here.database.sql.unsafe("create index calls_x_idx on public.calls (org_id)");
  expect(await here.refusal()).toEqual([expect.stringMatching(/^index public\.calls_x_idx was added: /)]);
  await here.database.sql.unsafe("drop index public.calls_x_idx");
  await here.follow();
  expect(await snapshotDatabase(here.database.sql)).toBe(original);
});

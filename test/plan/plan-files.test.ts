import { afterAll, beforeAll, expect, test } from "vitest";
import { snapshotDatabase } from "../support/snapshot.ts";
import { makePlanCase, type PlanCase } from "./plan-case.ts";

let here: PlanCase;
let before: string;
beforeAll(async () => {
  here = await makePlanCase();
  await here.approve();
  before = await snapshotDatabase(here.database.sql);
});
afterAll(() => here.end());

/** Runs a command that has to be refused, with nothing changed: exit code and message. */
const refused = async (...args: readonly string[]) => {
  const { exitCode, stdout } = await here.ssot(...args, "--json");
  expect(await snapshotDatabase(here.database.sql)).toBe(before);
  const { error } = JSON.parse(stdout) as { error: { code: string; message: string } };
  return `${exitCode} ${error.code}: ${error.message}`;
};

const edited: readonly (readonly [title: string, edit: (text: string) => string, told: RegExp])[] = [
  ["a number was edited", (text) => text.replace('"callsLinked": 6', '"callsLinked": 6000'), /was edited: its hash/],
  [
    "its options were edited",
    (text) => text.replace('"userTriggers": "refuse"', '"userTriggers": "fire"'),
    /was edited: its hash/,
  ],
  ["it is of another format", (text) => text.replace('"ssotPlan": 1', '"ssotPlan": 2'), /format 2, this reads 1/],
  ["it is no plan", () => '{"command": "migrate"}', /edited\.json is no plan of ssot/],
  ["it is no JSON", () => "", /edited\.json is no plan of ssot: it is no JSON/],
];

test.each(edited)("a file is refused where %s", async (_, edit, told) => {
  const text = here.read("plan.json");
  expect(edit(text)).not.toBe(text);
  here.write("edited.json", edit(text));
  expect(await refused("migrate", "--plan", "edited.json")).toMatch(/^2 PLAN_FILE: /);
  expect(await refused("migrate", "--plan", "edited.json")).toMatch(told);
});

test("another order of the fields and other blanks are no edit", async () => {
  const { hash, ...rest } = JSON.parse(here.read("plan.json"));
  here.write("turned.json", JSON.stringify({ ...Object.fromEntries(Object.entries(rest).toReversed()), hash }));
  expect(await refused("migrate", "--plan", "turned.json", "--phase", "3")).toMatch(/^2 USAGE/);
});

test.each([
  [["migrate", "--plan-out", "x.json"], /--plan-out is for --dry-run only/],
  [["migrate", "--tolerance", "5"], /--tolerance is for --plan only/],
  [["migrate", "--plan", "plan.json", "--tolerance", "-1"], /--tolerance/],
  [["migrate", "--plan", "plan.json", "--dry-run"], /--plan.*cannot be used with.*--dry-run/],
  [["migrate", "--plan", "plan.json", "--phase", "3"], /the plan says otherwise than --phase$/],
  [
    ["migrate", "--plan", "plan.json", "--on-unfixable-phone", "quarantine", "--trust-role", "x"],
    /than --on-unfixable-phone, --trust-role$/,
  ],
  [["migrate", "--plan", "plan.json", "--to", "20260209000100"], /than --to$/],
])("%j is a wrong use", async (args, told) => {
  const message = await refused(...args);
  expect(message).toMatch(/^2 USAGE: /);
  expect(message).toMatch(told);
});

test("a plan that is not there, and one that cannot be written", async () => {
  expect(await refused("migrate", "--plan", "none.json")).toBe("2 CONFIGURATION: the plan cannot be read: none.json");
  expect(await refused("migrate", "--dry-run", "--plan-out", ".")).toMatch(
    /^2 CONFIGURATION: the plan cannot be written/,
  );
});

test("a dry run that fails leaves no plan of an earlier one", async () => {
  here.write("old.json", here.read("plan.json"));
  expect(await refused("migrate", "--dry-run", "--plan-out", "old.json", "--to", "19990101000000")).toMatch(/^2 USAGE/);
  expect(here.read("old.json")).toBe("");
});

test("the form for a pull request has target, rows, locks, what is held and the command, and nothing of a person", async () => {
  const { exitCode, stdout } = await here.ssot(
    "migrate",
    "--dry-run",
    "--plan-out",
    "a/plan.md",
    "--plan-out",
    "a/plan.json",
  );
  expect(exitCode).toBe(0);
  expect(stdout.replaceAll("\n", " ")).toContain("Apply with: ssot migrate --plan a/plan.json");
  const text = here.read("a/plan.md");
  const { hash } = JSON.parse(here.read("a/plan.json"));
  for (const part of [
    `### ssot migrate: plan \`${hash.slice(0, 12)}\``,
    here.database.name.replaceAll("_", "\\_"),
    "6 calls linked",
    "| migration | rows | strongest lock |",
    "ACCESS EXCLUSIVE on contacts",
    "**Held**, and stays so:",
    "ssot migrate --plan a/plan.json",
    hash,
  ])
    expect(text).toContain(part);
  const people = await here.database.sql<{ name: string; phone: string }[]>`select name, phone from public.contacts`;
  const values = people.flatMap(({ name, phone }) => [name, phone]).filter((value) => value?.length > 3);
  expect(values.length).toBeGreaterThan(3);
  for (const file of ["a/plan.md", "a/plan.json"]) {
    expect(values.filter((value) => here.read(file).includes(value))).toEqual([]);
  }
});

test("the options of a plan are those that it is followed with", async () => {
  const other = await makePlanCase();
  try {
    await other.approve("--to", "20260209000100", "--trust-role", "postgres", "--user-triggers", "fire");
    const { stdout } = await other.follow("--to", "20260209000100");
    expect(stdout).toContain("1 migration applied");
    expect(await other.ledger()).toEqual(["20260209000100_backfill_contact_ids"]);
  } finally {
    await other.end();
  }
});

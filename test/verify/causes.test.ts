import { expect, test } from "vitest";
import { tellCauses } from "../../src/checks/causes.ts";
import type { SuiteResult } from "../../src/checks/outcome.ts";
import { consequences } from "../../verify/causes.ts";
import { suites } from "../../verify/index.ts";

const all = suites.flatMap(({ id, checks }) => checks.map((check) => `${id}.${check.id}`));

/** A run in which these checks are broken and all others hold. */
function runWith(broken: readonly string[]): readonly SuiteResult[] {
  return suites.map(({ id, title, checks }) => ({
    id,
    title,
    checks: checks.map((check) => {
      const status = broken.includes(`${id}.${check.id}`) ? "fail" : "pass";
      return {
        id: check.id,
        title: "",
        status,
        expected: "",
        actual: "broken",
        population: 1,
        rows: [],
        hint: null,
        durationMs: 0,
      };
    }),
  }));
}

const redOf = (told: readonly SuiteResult[]): readonly string[] =>
  told.flatMap(({ id, checks }) =>
    checks.filter(({ status }) => status === "fail").map((check) => `${id}.${check.id}`),
  );

test("every cause and every consequence is a check that there is", () => {
  const unknown = [...consequences].flatMap(([cause, follows]) =>
    [cause, ...follows].filter((key) => !all.some((id) => (key.endsWith(".") ? id.startsWith(key) : id === key))),
  );
  expect(unknown).toEqual([]);
});

test("whichever two claims are broken, at least one stays red, and what is skipped names one that does", () => {
  for (const one of all) {
    for (const other of all) {
      const told = tellCauses(runWith([one, other]), consequences);
      const red = redOf(told);
      expect(red, `${one} and ${other}`).not.toEqual([]);
      for (const { id, checks } of told) {
        for (const { id: check, status, actual } of checks) {
          if (status === "skip")
            expect(red, `${id}.${check}: ${actual}`).toContain(/^because of (\S+):/.exec(actual)?.[1]);
        }
      }
    }
  }
});

test("where everything is broken, a cause is red, and the run comes to its end", () => {
  expect(redOf(tellCauses(runWith(all), consequences))).not.toEqual([]);
});

test("causes that explain one another leave the first of them red, and it explains the others", () => {
  const circle = new Map([
    ["schema.view", ["schema.triggers"]],
    ["schema.triggers", ["schema.view", "schema.witness"]],
  ]);
  expect(redOf(tellCauses(runWith(["schema.view", "schema.triggers", "schema.witness"]), circle))).toEqual([
    "schema.view",
  ]);
});

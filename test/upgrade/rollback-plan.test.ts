import { expect, test } from "vitest";
import { planRollback } from "../../src/core/plan-rollback.ts";
import { type RollbackReport, rollback } from "../../src/core/rollback.ts";
import { rollbackOptions } from "../support/run-options.ts";
import type { UpgradeStateName } from "../support/upgrade-fixtures.ts";
import { changingNothing, openStates } from "./opened.ts";

const open = openStates();

const states: readonly [UpgradeStateName, { readonly schemaOnly?: true }][] = [
  ["migration-4", {}],
  ["dropped", {}],
  ["set-aside", {}],
  ["by-hand", {}],
  ["dropped-finalized", { schemaOnly: true }],
];

test.each(states)("%s: a dry run on the engine of 0.1.0 tells what the rollback then does", async (name, changes) => {
  const database = await open(name);
  const options = rollbackOptions(database.url, changes);
  let plan: RollbackReport | undefined;
  await changingNothing(database.sql, async () => {
    plan = await planRollback(options);
  });
  const { rolledBack } = await rollback(options);
  const told = ({ name: migration, restored, kept, unrestorable }: (typeof rolledBack)[number]) => ({
    migration,
    restored,
    kept,
    unrestorable,
  });
  expect((plan?.pending ?? []).map((each) => told({ ...each, durationMs: 0 }))).toEqual(rolledBack.map(told));
  expect(
    rolledBack.some(({ restored, unrestorable }) => Object.keys({ ...restored, ...unrestorable }).length > 0),
  ).toBe(true);
});

import { expect } from "vitest";
import { planRollback } from "../../src/core/plan-rollback.ts";
import { type RollbackOptions, type RollbackReport, rollback } from "../../src/core/rollback.ts";
import type { TestDatabase } from "../support/database.ts";
import { rollbackOptions } from "../support/run-options.ts";
import { snapshotDatabase } from "../support/snapshot.ts";

export interface Foretold {
  readonly plan: RollbackReport;
  readonly report: RollbackReport;
}

/** Looks at a rollback, which must change nothing, then runs it: both must tell the same counts, migration by migration. */
export async function expectForetold(
  { sql, url }: Pick<TestDatabase, "sql" | "url">,
  changes: Partial<RollbackOptions> = {},
): Promise<Foretold> {
  const options = rollbackOptions(url, changes);
  const before = await snapshotDatabase(sql);
  const plan = await planRollback(options);
  expect(await snapshotDatabase(sql)).toBe(before);
  const report = await rollback(options);
  const told = ({
    name,
    restored,
    kept,
    unrestorable,
    lost,
  }: Omit<RollbackReport["rolledBack"][number], "durationMs">) => ({
    name,
    restored,
    kept,
    unrestorable,
    lost,
  });
  expect(report.rolledBack.map(told)).toEqual((plan.pending ?? []).map(told));
  // By a second route: the originals that the run stored, and whether the schema is there.
  const [left] = await sql<{ schema: boolean; stores: boolean }[]>`
    select to_regnamespace('ssot') is not null as schema, to_regclass('ssot.unrestored') is not null as stores`;
  const [stored] = left?.stores ? await sql<{ n: number }[]>`select count(*)::integer as n from ssot.unrestored` : [];
  expect(plan.stays).toEqual({ schema: left?.schema, originals: stored?.n ?? 0 });
  return { plan, report };
}

/** The sum of one kind of counts over all migrations. */
export function sumOf(
  migrations: readonly Pick<RollbackReport["rolledBack"][number], "restored" | "kept" | "unrestorable" | "lost">[],
  what: "restored" | "kept" | "unrestorable" | "lost",
): Record<string, number> {
  return Object.assign({}, ...migrations.map((migration) => migration[what]));
}

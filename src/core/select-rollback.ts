import type { Connection } from "../db/connection.ts";
import { listLaterDrops } from "../db/queries/later-drops.ts";
import { selectDeprecation } from "../migrations/deprecations.ts";
import type { MigrationState } from "../migrations/history.ts";
import { selectForRollback } from "../migrations/select-migrations.ts";
import { SsotError } from "../model/errors.ts";
import type { Migration } from "../model/migration.ts";

/** How far a rollback goes. */
export interface RollbackReach {
  /** Down to this migration, which stays: a name, or its digits. Undefined: the last applied one only. */
  readonly to?: string | undefined;
  readonly all: boolean;
  /** One deprecation alone, by the name or the digits of its mark or its drop: its drop where that is applied, else its mark. */
  readonly only?: string | undefined;
  /** What stays, whatever else is taken back: migrations that were there before a rehearsal. */
  readonly keep?: readonly string[] | undefined;
}

/** What a rollback takes back, in its order. Throws USAGE, and GATE where others stand on a deprecation that is to go alone. */
export async function selectRollback(
  { sql }: Connection,
  migrations: readonly Migration[],
  states: readonly MigrationState[],
  { only, keep = [], ...reach }: RollbackReach,
): Promise<readonly Migration[]> {
  if (only === undefined)
    return selectForRollback(migrations, states, reach).filter(({ name }) => !keep.includes(name));
  const target = selectDeprecation(migrations, states, only);
  if (target === undefined) return [];
  const later = target.phase === 3 ? await listLaterDrops(sql, target.name) : [];
  if (later.length === 0) return [target];
  throw new SsotError("GATE", `${target.name} derives values from columns that are gone since: ${later.join(", ")}`, {
    hint: "Nothing was changed. Take that back first: ssot rollback --only NAME",
  });
}

/** Whether nothing is applied, or half-way, besides what a rollback takes back: then schema ssot goes with it. Pure. */
export function isComplete(states: readonly MigrationState[], selected: readonly Pick<Migration, "name">[]): boolean {
  const names = new Set(selected.map(({ name }) => name));
  return states.every(({ name, state }) => state === "pending" || names.has(name));
}

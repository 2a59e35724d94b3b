import { applySettings, connect } from "../db/connection.ts";
import { refuseUnfit } from "../db/preflight.ts";
import { type ForeignTrigger, listForeignTriggers } from "../db/queries/foreign-triggers.ts";
import { readGate } from "../db/queries/gate.ts";
import { contactsBesides, looseCallNumbers, looseContactNumbers } from "../db/queries/loose-numbers.ts";
import { listObstacles, type Obstacle } from "../db/queries/obstacles.ts";
import { countPlannedEffects } from "../db/queries/plan-effects.ts";
import { rolesWithoutContacts, type TableSize, tableSizes } from "../db/queries/plan-surroundings.ts";
import { describeTarget, type Target } from "../db/target.ts";
import { readHistory, refuseChangedFiles, statesOf } from "../migrations/history.ts";
import { loadMigrations } from "../migrations/load-migrations.ts";
import { effectsOf } from "../migrations/record-run.ts";
import { selectMigrations } from "../migrations/select-migrations.ts";
import type { Effects, Migration } from "../model/migration.ts";
import { readNumbers } from "../phone/read-numbers.ts";
import { heldReasons } from "./held-reasons.ts";
import type { HeldMigration } from "./migrate.ts";
import type { Progress } from "./progress.ts";

export interface PlannedStep {
  readonly name: string;
  readonly sql: string;
  readonly lock: string;
  readonly blocks: string;
  readonly transactional: boolean;
  /** Rows that it would change; null where it changes none of yours. */
  readonly rows: number | null;
}

export interface PlannedMigration {
  readonly name: string;
  readonly phase: 1 | 3;
  readonly steps: readonly PlannedStep[];
  readonly effects: Effects;
}

export interface PlanReport {
  readonly command: "migrate";
  readonly dryRun: true;
  readonly applied: readonly never[];
  readonly held: readonly HeldMigration[];
  readonly pending: readonly PlannedMigration[];
  /** `database on host:port as user`. */
  readonly target: string;
  /** As PostgreSQL counts it: 170004. */
  readonly serverVersion: number;
  readonly tables: readonly TableSize[];
  /** Triggers of others that the changed rows would fire. */
  readonly triggers: readonly ForeignTrigger[];
  /** What others put where a migration builds: `migrate` stops there. */
  readonly obstacles: readonly Obstacle[];
  /** Contacts whose number cannot be read: at most 20 ids. */
  readonly unfixable: { readonly count: number; readonly ids: readonly string[] };
  /** Roles that may read calls, and so the view, but not contacts: the view would refuse them. */
  readonly rolesWithoutContacts: readonly string[];
}

export interface PlanOptions {
  readonly target: Target;
  readonly directory: string;
  readonly to?: string | undefined;
  readonly phase3: boolean;
  /** Optional migrations that are asked for. */
  readonly optional?: readonly string[] | undefined;
  readonly onUnfixablePhone: "abort" | "quarantine";
  readonly progress: Progress;
}

/** What `migrate` would do, step by step and in rows, from one read-only snapshot. Changes nothing. */
export async function plan(options: PlanOptions): Promise<PlanReport> {
  const migrations = await loadMigrations(options.directory);
  const connection = await connect(options.target);
  const { sql, serverVersion } = connection;
  try {
    options.progress.onTarget?.(describeTarget(options.target), serverVersion);
    await connection.execute("begin transaction isolation level repeatable read, read only");
    // One transaction is one session through any pooler.
    if (connection.pooled) await applySettings(connection, { forTransaction: true });
    // The sets of the plan have no statistics; taken for small ones, they would be joined row by row.
    await connection.execute("set local enable_nestloop = off; set local work_mem = '64MB'; set local jit = off");
    const states = statesOf(migrations, await readHistory(connection));
    refuseChangedFiles(states);
    const dropped = states.some(({ phase, state }) => phase === 3 && state !== "pending");
    await refuseUnfit(connection, options.target, { dropped, onlyReads: true });
    const reasons = await heldReasons(connection);
    const open = (await readGate(sql)).length === 0;
    const { pending, held } = selectMigrations(migrations, states, { ...options, phase3: options.phase3 && open });
    const contactNumbers = readNumbers(await looseContactNumbers(sql));
    const callNumbers = dropped ? [] : readNumbers(await looseCallNumbers(sql));
    const numbers = [...new Map([...contactNumbers, ...callNumbers].map((n) => [`${n.country} ${n.raw}`, n])).values()];
    const quarantine = options.onUnfixablePhone === "quarantine";
    const effects = dropped || pending.length === 0 ? {} : await countPlannedEffects(sql, numbers, { quarantine });
    return {
      command: "migrate",
      dryRun: true,
      applied: [],
      held: held.map(({ name }) => ({ name, reasons })),
      pending: pending.map((migration) => planMigration(migration, effects)),
      target: describeTarget(options.target),
      serverVersion,
      tables: await tableSizes(sql),
      triggers: await listForeignTriggers(sql),
      obstacles: await listObstacles(sql),
      unfixable: await contactsBesides(sql, contactNumbers, 20),
      rolesWithoutContacts: await rolesWithoutContacts(sql),
    };
  } finally {
    await connection.execute("rollback").catch(() => []);
    await connection.close();
  }
}

function planMigration(migration: Migration, effects: Effects): PlannedMigration {
  const counted = effectsOf(migration);
  return {
    name: migration.name,
    phase: migration.phase,
    steps: migration.up.map((step) => ({
      name: step.name,
      sql: step.sql,
      lock: step.lock,
      blocks: step.blocks,
      transactional: step.mode === "transaction",
      rows: step.rows[0] === undefined ? null : (effects[step.rows[0]] ?? null),
    })),
    effects: Object.fromEntries(counted.map((effect) => [effect, effects[effect] ?? 0])),
  };
}

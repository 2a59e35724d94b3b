import type { Connection } from "../db/connection.ts";
import { countDeprecatedValues } from "../db/queries/deprecated-values.ts";
import { readGate } from "../db/queries/gate.ts";
import { looseCallNumbers, looseContactNumbers } from "../db/queries/loose-numbers.ts";
import { countPlannedEffects } from "../db/queries/plan-effects.ts";
import { countPlannedLinks } from "../db/queries/planned-links.ts";
import { type ReaderAsks, verdictsOnce, withoutLook } from "../db/queries/verdicts.ts";
import { bindMigration, defaultValues } from "../migrations/bind-migration.ts";
import { findCatchUp } from "../migrations/catch-up.ts";
import { findDrops } from "../migrations/deprecations.ts";
import type { MigrationState } from "../migrations/history.ts";
import { changesMission, hasMission, isMissionDropped } from "../migrations/packs.ts";
import { effectsOf } from "../migrations/record-run.ts";
import { selectMigrations } from "../migrations/select-migrations.ts";
import type { Effects, Migration } from "../model/migration.ts";
import { migrationNames } from "../model/mission.ts";
import type { PlannedLinks } from "../model/unlinked.ts";
import { type ReadNumber, readNumbers } from "../phone/read-numbers.ts";
import { readHeld } from "./read-held.ts";

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

/** What decides which migrations run, and how. */
export interface WorkOptions {
  readonly to?: string | undefined;
  readonly phase3: boolean;
  /** The only deprecations whose drop is asked for; undefined: all. */
  readonly drops?: readonly string[] | undefined;
  /** Optional migrations that are asked for. */
  readonly optional?: readonly string[] | undefined;
  /** A drop does not wait for what can be forced. */
  readonly force?: { readonly reason: string } | undefined;
  readonly onUnfixablePhone: "abort" | "quarantine";
  /** What is asked of readers before a drop. */
  readonly asks?: ReaderAsks | undefined;
  /** A view of our name may lose the columns that ours has not. */
  readonly replaceView?: boolean | undefined;
}

export interface PlannedWork {
  readonly pending: readonly PlannedMigration[];
  /** With the codes of the gate's reasons; none: its gate is open. */
  readonly held: readonly {
    readonly name: string;
    readonly codes: readonly string[];
    readonly reasons: readonly string[];
  }[];
  /** Reasons of the gate that --force overrides, by drop. */
  readonly overridden: readonly { readonly name: string; readonly codes: readonly string[] }[];
  /** The pending ones that change rows of calls and contacts. */
  readonly changing: readonly Migration[];
  readonly contactNumbers: readonly ReadNumber[];
  /** Whether contacts are merged or set aside. */
  readonly merges: boolean;
  /** Calls that came since and would be linked, where nothing is pending; else null. */
  readonly catchUp: number | null;
  /** Calls that stay without a contact, by reason; empty where none is looked for. */
  readonly unlinked: PlannedLinks["unlinked"];
}

/** What would run, step by step and in rows, and what is held. Belongs into one read-only snapshot. */
export async function listPlannedWork(
  connection: Connection,
  migrations: readonly Migration[],
  states: readonly MigrationState[],
  options: WorkOptions,
): Promise<PlannedWork> {
  const { sql } = connection;
  const drops = options.drops === undefined ? undefined : findDrops(migrations, options.drops);
  const chosen = selectMigrations(migrations, states, { ...options, drops });
  const told = verdictsOnce(sql, options.asks);
  const { closed, overridden } = await listClosed(connection, chosen.pending, states, told, options);
  const pending = chosen.pending.filter((migration) => !closed.includes(migration));
  const held = [...chosen.held, ...closed];
  const mission = hasMission(migrations);
  const dropped = isMissionDropped(states);
  const changing = mission ? pending.filter(changesMission) : [];
  const contactNumbers = mission ? readNumbers(await looseContactNumbers(sql)) : [];
  const catchesUp = chosen.pending.length === 0 && isApplied(states, findCatchUp(migrations));
  const links = catchesUp || changing.some(({ name }) => name === migrationNames.backfill);
  const callNumbers = links || (mission && !dropped) ? readNumbers(await looseCallNumbers(sql, { dropped })) : [];
  const numbers = [...new Map([...contactNumbers, ...callNumbers].map((n) => [`${n.country} ${n.raw}`, n])).values()];
  const quarantine = options.onUnfixablePhone === "quarantine";
  const effects = dropped || changing.length === 0 ? {} : await countPlannedEffects(sql, numbers, { quarantine });
  const { linked, unlinked } = links ? await countPlannedLinks(sql, numbers, { dropped }) : { linked: 0, unlinked: {} };
  return {
    catchUp: catchesUp ? linked : null,
    unlinked,
    held: await describeHeld(connection, held, migrations, told),
    overridden,
    pending: await Promise.all(
      pending.map((migration) => planMigration(connection, migration, effects, options, told)),
    ),
    changing,
    contactNumbers,
    merges: (effects.contactsMerged ?? 0) + (effects.contactsQuarantined ?? 0) > 0,
  };
}

function isApplied(states: readonly MigrationState[], migration: Migration | undefined): boolean {
  return states.some(({ name, state }) => name === migration?.name && state === "applied");
}

type Told = ReturnType<typeof verdictsOnce>;

// What an interrupted drop has left to do is pending, whatever its gate says.
async function listClosed(
  { sql }: Connection,
  pending: readonly Migration[],
  states: readonly MigrationState[],
  told: Told,
  { force }: WorkOptions,
): Promise<{ readonly closed: readonly Migration[]; readonly overridden: PlannedWork["overridden"] }> {
  const begun = states.filter(({ state }) => state === "partial").map(({ name }) => name);
  const closed: Migration[] = [];
  const overridden: PlannedWork["overridden"][number][] = [];
  for (const drop of pending.filter(({ phase, name }) => phase === 3 && !begun.includes(name))) {
    const reasons = await readGate(sql, drop.drops, await told(drop.drops));
    if (reasons.length === 0) continue;
    if (force === undefined || reasons.some(({ canForce }) => !canForce)) closed.push(drop);
    else overridden.push({ name: drop.name, codes: [...new Set(reasons.map(({ code }) => code))].toSorted() });
  }
  return { closed, overridden };
}

async function describeHeld(
  connection: Connection,
  held: readonly Migration[],
  migrations: readonly Migration[],
  told: Told,
): Promise<PlannedWork["held"]> {
  return Promise.all(
    held.map(async (drop) => {
      const { codes, reasons } = await readHeld(connection, drop, await told(drop.drops), migrations);
      return { name: drop.name, codes, reasons };
    }),
  );
}

async function planMigration(
  { sql }: Connection,
  migration: Migration,
  ofMission: Effects,
  { onUnfixablePhone, replaceView = false, force }: WorkOptions,
  told: Told,
): Promise<PlannedMigration> {
  const { name, phase, drops } = migration;
  const isOwnDrop = drops !== undefined && !hasMission([migration]);
  const effects = isOwnDrop ? { valuesArchived: await countDeprecatedValues(sql, drops) } : ofMission;
  const verdicts = drops === undefined ? defaultValues.verdicts : withoutLook(await told(drops));
  const values = { ...defaultValues, onUnfixablePhone, replaceView, verdicts, force: force !== undefined };
  const { up } = bindMigration(migration, values);
  return {
    name,
    phase,
    steps: up.map((step) => ({
      name: step.name,
      sql: step.sql,
      lock: step.lock,
      blocks: step.blocks,
      transactional: step.mode === "transaction",
      rows: step.rows[0] === undefined ? null : (effects[step.rows[0]] ?? null),
    })),
    effects: Object.fromEntries(effectsOf(migration).map((effect) => [effect, effects[effect] ?? 0])),
  };
}

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadSeedCase } from "../../fixtures/seed-case.ts";
import type { FleetReport, TargetOutcome } from "../../src/core/fleet/report.ts";
import { type CallOptions, type CallResult, callSsot } from "../cli/call-ssot.ts";
import { type Clones, cloneable } from "../promises/clones.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";

/** A folder with a list of targets, and the databases that it names. */
export interface FleetCase {
  readonly folder: string;
  /** By the names that they have in the list. */
  readonly databases: ReadonlyMap<string, TestDatabase>;
  /** Writes the list anew: these lines, one for each database where none are given. Gives the file's path. */
  list(lines?: readonly string[]): string;
  /** Adds a database that is like the others. */
  add(name: string): Promise<TestDatabase>;
  drop(): Promise<void>;
}

/** Databases with the seed's rows, not migrated, under names of a fleet. */
export async function createFleet(names: readonly string[]): Promise<FleetCase> {
  const seed = await createTestDatabase();
  await loadSeedCase(seed.sql);
  const clones = await cloneable(seed);
  return fleetOf(clones, names);
}

/** Databases that are like a prepared one, which the fleet takes over. */
async function fleetOf(clones: Clones, names: readonly string[]): Promise<FleetCase> {
  const folder = mkdtempSync(join(tmpdir(), "ssot-fleet-"));
  const databases = new Map<string, TestDatabase>();
  const add = async (name: string): Promise<TestDatabase> => {
    const database = await clones.clone();
    databases.set(name, database);
    return database;
  };
  for (const name of names) await add(name);
  return {
    folder,
    databases,
    add,
    list: (lines = [...databases].map(([name, { url }]) => `${name} ${url}`)) => {
      const file = join(folder, "fleet.txt");
      writeFileSync(file, `${lines.join("\n")}\n`);
      return file;
    },
    drop: async () => {
      for (const { drop } of databases.values()) await drop();
      await clones.drop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export interface FleetResult extends CallResult {
  readonly report: FleetReport;
  readonly of: (name: string) => TargetOutcome | undefined;
}

/** Calls `ssot fleet … --json`, in an environment of its own. */
export async function callFleet(args: readonly string[], options: CallOptions = {}): Promise<FleetResult> {
  const result = await callSsot(["fleet", ...args, "--json"], { env: {}, ...options });
  const report: FleetReport = JSON.parse(result.stdout);
  return { ...result, report, of: (name) => report.targets?.find((target) => target.name === name) };
}

/** How many targets ended how, without those that are none. */
export function kindsOf({ counts }: FleetReport): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
}

/** How many migrations a database has by its own ledger. */
export async function appliedIn({ sql }: Pick<TestDatabase, "sql">): Promise<number> {
  const [there] = await sql<{ present: boolean }[]>`select to_regclass('ssot.ledger') is not null as present`;
  if (!there?.present) return 0;
  const [row] = await sql<{ count: number }[]>`select count(*)::int as count from ssot.ledger`;
  return row?.count ?? 0;
}

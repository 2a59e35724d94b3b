import { migrate } from "../../src/core/migrate.ts";
import { migrateOptions } from "../support/run-options.ts";
import type { BenchServer } from "../support/server.ts";

export interface Backfill {
  /** Migration 1 whole: bookkeeping, numbers, both indexes, links, its own record. */
  readonly ms: number;
  /** Its step `link_calls` alone: plan, journal, batches. */
  readonly linkMs: number;
  readonly linked: number;
}

/** Migration 1 as `ssot migrate --to` applies it. */
export async function runBackfill(server: BenchServer, database: string): Promise<Backfill> {
  let linkMs = 0;
  let since: number | undefined;
  const onStep = (_: string, step: string): void => {
    if (since !== undefined) linkMs = performance.now() - since;
    since = step === "link_calls" ? performance.now() : undefined;
  };
  const { applied } = await migrate(migrateOptions(server, database, { to: "20260209000100", progress: { onStep } }));
  const [first] = applied;
  if (first === undefined || linkMs === 0) throw new Error("migration 1 was not applied");
  return { ms: first.durationMs, linkMs, linked: first.effects.callsLinked ?? 0 };
}

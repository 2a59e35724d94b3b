import type { PaceMode } from "./controller.ts";

/**
 * What a run's session works with: alone as the server is configured; beside others on one processor, since a statement that has begun
 * can be paced no more; and slowly with the pauses between pages that an autovacuum takes.
 */
export function settingsFor(mode: PaceMode, now: { readonly alone: boolean; readonly slowed: boolean }): string {
  const one = !now.alone && mode !== "full";
  const gently = one && (mode === "gentle" || now.slowed);
  return [
    one ? "set max_parallel_workers_per_gather = 0" : "reset max_parallel_workers_per_gather",
    one ? "set max_parallel_maintenance_workers = 0" : "reset max_parallel_maintenance_workers",
    gently ? "set vacuum_cost_delay = '2ms'" : "reset vacuum_cost_delay",
  ].join("; ");
}

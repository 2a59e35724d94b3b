import { migrate } from "../../src/core/migrate.ts";
import type { Progress } from "../../src/core/progress.ts";
import { rollback } from "../../src/core/rollback.ts";
import { migrateOptions, rollbackOptions } from "../support/run-options.ts";

/** The runs that change a database. With a bare `rollback`, one that was struck at its very end would take back one more. */
export type RunName = "migrate" | "migrate --phase 3" | "rollback --to 20260209000400" | "rollback --all";

export const runNames: readonly RunName[] = [
  "migrate",
  "migrate --phase 3",
  "rollback --to 20260209000400",
  "rollback --all",
];

// Of a few batches each. Who is held at a point waits for a lock; who follows one that was struck, for the run lock.
export const small = { batchSize: 15, lockTimeoutMs: 60_000, waitSeconds: 30 };

/** Carries a run out in this process. */
export async function carryOut(name: RunName, url: string, progress: Progress = {}): Promise<void> {
  // With somebody who looks after it, as the command has.
  const changes = { ...small, progress, pace: { mode: "auto" } } as const;
  if (name === "migrate" || name === "migrate --phase 3")
    await migrate(migrateOptions(url, { ...changes, phase3: name !== "migrate" }));
  else if (name === "rollback --all") await rollback(rollbackOptions(url, changes));
  else await rollback(rollbackOptions(url, { ...changes, all: false, to: "20260209000400" }));
}

/** The same for a process of its own: what to give to bin/ssot.js. */
export function argumentsOf(name: RunName, url: string): readonly string[] {
  const { batchSize, lockTimeoutMs, waitSeconds } = small;
  const options = [`--batch-size=${batchSize}`, `--lock-timeout=${lockTimeoutMs}`, `--wait=${waitSeconds}`];
  return [...name.split(" "), "--yes", `--database-url=${url}`, ...options];
}

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { packageRoot } from "../../src/model/package-root.ts";
import { migrateOptions, rollbackOptions } from "../support/run-options.ts";

export type ChildRun = "migrate" | "migrate --phase 3" | "rollback";

/** One line of a child: a step begins, rows are done, or it ended. */
export interface ChildLine {
  readonly migration?: string;
  readonly step?: string;
  readonly done?: number;
  readonly ended?: boolean;
  readonly error?: { readonly code?: string; readonly message: string };
}

/** Starts a run in a process of its own, with the build, in batches of 500. */
export function startChild(run: ChildRun, url: string): ChildProcess {
  const name = run === "rollback" ? "rollback" : "migrate";
  const changes = { batchSize: 500, waitSeconds: 30, lockTimeoutMs: 60_000 };
  const options =
    run === "rollback" ? rollbackOptions(url, changes) : migrateOptions(url, { ...changes, phase3: run !== "migrate" });
  const module = join(packageRoot(), "dist", "src", "core", `${name}.js`);
  const file = join(packageRoot(), "test", "crash", "run-child.mjs");
  return spawn(process.execPath, [file, JSON.stringify({ module, name, options })], {
    stdio: ["ignore", "pipe", "inherit"],
  });
}

/** Kills a child with SIGKILL as soon as it says a line like this. Gives the line that it died at, or its last one. */
export async function killAt(child: ChildProcess, matches: (line: ChildLine) => boolean): Promise<ChildLine> {
  const ended = once(child, "exit");
  let last: ChildLine = {};
  if (child.stdout !== null) {
    for await (const text of createInterface({ input: child.stdout })) {
      last = JSON.parse(text);
      if (!matches(last)) continue;
      child.kill("SIGKILL");
      break;
    }
  }
  await ended;
  return last;
}

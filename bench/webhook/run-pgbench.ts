import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Target } from "../../src/db/target.ts";
import type { CallsSchema } from "../../src/webhook/calls-schema.ts";
import { processSeconds, serverSeconds } from "../support/cpu.ts";
import { cases, type Kind, type Run, storedCalls } from "./cases.ts";
import { pgbenchScript } from "./pgbench-script.ts";
import { anEvent } from "./run-in-node.ts";
import type { Measured } from "./ways.ts";

/** Its version, or undefined where it is not there. */
export function pgbenchVersion(): string | undefined {
  const { status, stdout } = spawnSync("pgbench", ["--version"], { encoding: "utf8" });
  return status === 0 ? stdout.trim() : undefined;
}

export interface PgbenchOptions {
  readonly target: Target;
  readonly schema: CallsSchema;
  readonly postmaster: number;
  readonly seconds: number;
}

// pgbench has then logged a dozen events of each connection; the generic plan comes with the sixth.
const warmBytes = (connections: number): number => Math.max(4096, 12 * 40 * connections);
const spareSeconds = 4;

/** The same as in Node with pgbench, measured between its warm-up and its end. */
export async function runPgbench(kind: Kind, run: Run, options: PgbenchOptions): Promise<Measured> {
  const directory = mkdtempSync(join(tmpdir(), "ssot-bench-"));
  try {
    const child = start(directory, kind, run, options);
    let output = "";
    child.stdout?.on("data", (piece) => {
      output += piece;
    });
    child.stderr?.on("data", (piece) => {
      output += piece;
    });
    const ended = new Promise((resolve) => child.on("close", resolve));
    while (child.exitCode === null && logSize(directory) < warmBytes(run.connections)) await sleep(10);
    const cpu = (): readonly [number | null, number | null] => [
      serverSeconds(options.postmaster),
      processSeconds(child.pid ?? 0),
    ];
    const from = Date.now();
    const before = cpu();
    await sleep(options.seconds * 1000);
    const to = Date.now();
    const after = cpu();
    const status = await ended;
    const [, done] = /actually processed: (\d+)/.exec(output) ?? [];
    const [, failed] = /failed transactions: (\d+)/.exec(output) ?? [];
    if (status !== 0 || done === undefined || failed !== "0") throw new Error(`pgbench failed: ${output}`);
    const log = readLog(directory, run.connections, from, to);
    if (log.events !== Number(done)) throw new Error(`pgbench did ${done} transactions and logged ${log.events}`);
    const measured = log.latencies.length;
    if (measured < 20) throw new Error(`pgbench was too short to be measured: ${measured} events`);
    return {
      events: log.events,
      counts: log.counts,
      rate: measured / ((Math.min(to, log.lastAt) - from) / 1000),
      latencies: log.latencies,
      server: anEvent(before[0], after[0], measured),
      client: anEvent(before[1], after[1], measured),
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function start(directory: string, kind: Kind, run: Run, { target, schema, seconds }: PgbenchOptions): ChildProcess {
  const script = join(directory, "script.sql");
  writeFileSync(script, pgbenchScript(schema, cases[kind]));
  const whole = Math.ceil(seconds + spareSeconds);
  const variables = { ready: 0, turn: 0, ...run, share: Math.floor(storedCalls / 2 / run.connections) };
  return spawn(
    "pgbench",
    [
      ...["-n", "-M", "simple", "-f", script, "-T", String(whole), "-c", String(run.connections), "-j", "1", "-l"],
      ...Object.entries(variables).flatMap(([name, value]) => ["-D", `${name}=${value}`]),
      ...["-h", target.host, "-p", String(target.port), "-U", target.user, target.database],
    ],
    { cwd: directory, env: { ...process.env, PGPASSWORD: target.password } },
  );
}

function logs(directory: string): readonly string[] {
  return readdirSync(directory)
    .filter((name) => name.startsWith("pgbench_log"))
    .map((name) => join(directory, name));
}

function logSize(directory: string): number {
  return logs(directory).reduce((sum, path) => sum + statSync(path).size, 0);
}

/** All events by connection, and the latencies in ms of those that ended between two moments. */
function readLog(directory: string, connections: number, from: number, to: number) {
  const counts: number[] = Array(connections).fill(0);
  const latencies: number[] = [];
  let [events, lastAt] = [0, 0];
  for (const line of logs(directory).flatMap((path) => readFileSync(path, "utf8").trimEnd().split("\n"))) {
    const [client = 0, , latency = 0, , second = 0, micro = 0] = line.split(" ").map(Number);
    counts[client] = (counts[client] ?? 0) + 1;
    events += 1;
    const at = second * 1000 + micro / 1000;
    lastAt = Math.max(lastAt, at);
    if (at >= from && at < to) latencies.push(latency / 1000);
  }
  return { events, counts, latencies, lastAt };
}

// One run of one way: so many connections, so many seconds.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { processSeconds, serverSeconds } from "./cpu.mjs";
import { cases, pgbenchScript } from "./events.mjs";

/** pgbench's version, or undefined where it is not there. */
export function pgbenchVersion() {
  const { status, stdout } = spawnSync("pgbench", ["--version"], { encoding: "utf8" });
  return status === 0 ? stdout.trim() : undefined;
}

/** Each worker sends its next event as soon as the last one was acknowledged. */
export async function runInNode({ send, kind, postmaster, seconds, ...run }) {
  const { next } = cases[kind];
  const latencies = [];
  const counts = Array(run.connections).fill(0);
  let created = 0;
  const cpuBefore = process.cpuUsage();
  const serverBefore = serverSeconds(postmaster);
  const began = performance.now();
  const until = began + seconds * 1000;
  const work = async (worker) => {
    for (let turn = 1; performance.now() < until; turn += 1) {
      const call = next(worker, turn, run);
      const sent = performance.now();
      const told = await send(call);
      latencies.push(performance.now() - sent);
      if (typeof told.callId !== "string" || told.contactId === null) throw new Error("an event was not acknowledged");
      if (told.contactCreated) created += 1;
      counts[worker] = turn;
    }
  };
  await Promise.all(counts.map((_, worker) => work(worker)));
  const elapsed = (performance.now() - began) / 1000;
  const cpu = process.cpuUsage(cpuBefore);
  const n = latencies.length;
  return {
    events: n,
    counts,
    created,
    rate: n / elapsed,
    latencies,
    client: (cpu.user + cpu.system) / n,
    server: perEvent(serverBefore, serverSeconds(postmaster), n),
  };
}

// pgbench has then logged a dozen events of each connection; the generic plan comes with the sixth.
const warmBytes = (connections) => Math.max(4096, 12 * 40 * connections);
const spareSeconds = (connections) => (connections < 8 ? 3 : 2);

/** The same with pgbench, measured between its warm-up and its end. */
export async function runPgbench({ kind, target, schema, postmaster, seconds, ...run }) {
  const directory = mkdtempSync(join(tmpdir(), "ssot-bench-"));
  try {
    const script = join(directory, "script.sql");
    writeFileSync(script, pgbenchScript(schema, cases[kind]));
    const whole = Math.ceil(seconds + spareSeconds(run.connections));
    const variables = { ready: 0, turn: 0, ...run, share: Math.floor(run.storedHalf / run.connections) };
    const child = spawn(
      "pgbench",
      [
        ...["-n", "-M", "simple", "-f", script, "-T", String(whole), "-c", String(run.connections), "-j", "1", "-l"],
        ...Object.entries(variables).flatMap(([name, value]) => ["-D", `${name}=${value}`]),
        ...["-h", target.host, "-p", String(target.port), "-U", target.user, target.database],
      ],
      { cwd: directory, env: { ...process.env, PGPASSWORD: target.password } },
    );
    let output = "";
    child.stdout.on("data", (piece) => {
      output += piece;
    });
    child.stderr.on("data", (piece) => {
      output += piece;
    });
    const ended = new Promise((resolve) => child.on("close", resolve));
    while (child.exitCode === null && logSize(directory) < warmBytes(run.connections)) await sleep(10);
    const from = Date.now();
    const before = [serverSeconds(postmaster), processSeconds(child.pid)];
    await sleep(seconds * 1000);
    const to = Date.now();
    const after = [serverSeconds(postmaster), processSeconds(child.pid)];
    const status = await ended;
    const [, done] = /actually processed: (\d+)/.exec(output) ?? [];
    const [, failed] = /failed transactions: (\d+)/.exec(output) ?? [];
    if (status !== 0 || done === undefined || failed !== "0") throw new Error(`pgbench failed: ${output}`);
    const log = readdirSync(directory).filter((name) => name.startsWith("pgbench_log"));
    const lines = log.flatMap((name) => readFileSync(join(directory, name), "utf8").trimEnd().split("\n"));
    const counts = Array(run.connections).fill(0);
    const latencies = [];
    let lastAt = 0;
    for (const line of lines) {
      const [client, , latency, , second, micro] = line.split(" ").map(Number);
      counts[client] += 1;
      const at = second * 1000 + micro / 1000;
      lastAt = Math.max(lastAt, at);
      if (at >= from && at < to) latencies.push(latency / 1000);
    }
    if (lines.length !== Number(done)) throw new Error(`pgbench did ${done} transactions and logged ${lines.length}`);
    const n = latencies.length;
    if (n < 20) throw new Error(`pgbench was too short to be measured: ${n} events`);
    return {
      events: lines.length,
      counts,
      rate: n / ((Math.min(to, lastAt) - from) / 1000),
      latencies,
      server: perEvent(before[0], after[0], n),
      client: perEvent(before[1], after[1], n),
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function logSize(directory) {
  const logs = readdirSync(directory).filter((name) => name.startsWith("pgbench_log"));
  return logs.reduce((sum, name) => sum + statSync(join(directory, name)).size, 0);
}

// In microseconds.
function perEvent(before, after, events) {
  return before === null || after === null ? null : ((after - before) * 1e6) / events;
}

import { spawn, spawnSync } from "node:child_process";
import { closeSync, openSync, readFileSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { SsotError } from "../../model/errors.ts";
import type { ServerBinaries } from "./binaries.ts";
import { superuser } from "./cluster.ts";
import { type ServerIdentity, spawnPlan } from "./identity.ts";
import type { ServerLayout } from "./layout.ts";
import { host, probeServer } from "./probe.ts";
import { findProcess, isAlive, type ProcessIdentity } from "./process-identity.ts";

/** A server that accepts connections. */
export interface RunningServer {
  readonly process: ProcessIdentity;
  readonly port: number;
  readonly version: string;
}

const readyMs = 120_000;
const stopMs = 30_000;
const pollMs = 20;
const startAttempts = 3;

/** The live server process of the data directory, from its pid file. Undefined when there is none, or a stale file. */
export function findServer(layout: ServerLayout): (ProcessIdentity & { readonly port: number }) | undefined {
  const [pid = "", , , port = ""] = readLines(join(layout.data, "postmaster.pid"));
  const found = findProcess(Number(pid));
  return found !== undefined && servesData(found.pid, layout) ? { ...found, port: Number(port) } : undefined;
}

/** Waits for the server process found in the data directory to accept connections. Undefined when it ends first. */
export async function adoptServer(layout: ServerLayout, password: string): Promise<RunningServer | undefined> {
  const deadline = Date.now() + readyMs;
  for (let found = findServer(layout); found !== undefined; found = findServer(layout)) {
    const answer = found.port > 0 ? await probeServer({ port: found.port, user: superuser, password }) : undefined;
    if (answer !== undefined && resolve(answer.data) === layout.data) {
      return { process: { pid: found.pid, started: found.started }, port: found.port, version: answer.version };
    }
    if (Date.now() > deadline) throw failure(`The embedded server (process ${found.pid}) does not answer.`, layout);
    await sleep(pollMs);
  }
  return undefined;
}

/** Starts the server on a free port of the loopback address. Fails with EMBEDDED and the end of the log. */
export async function launchServer(
  layout: ServerLayout,
  binaries: ServerBinaries,
  identity: ServerIdentity,
  options: { readonly password: string; readonly settings: Readonly<Record<string, string>> },
): Promise<RunningServer> {
  // A pid file that names no server of ours; PostgreSQL itself would take any other process of that pid for a server.
  rmSync(join(layout.data, "postmaster.pid"), { force: true });
  for (let attempt = 1; attempt <= startAttempts; attempt += 1) {
    const exited = spawnServer(layout, binaries, identity, { ...options.settings, port: String(await findFreePort()) });
    while (!exited()) {
      const server = await adoptServer(layout, options.password);
      if (server !== undefined) return server;
      await sleep(pollMs);
    }
    // The port may have been taken in between, or the processes of a crashed server are still ending.
    await sleep(attempt * 10 * pollMs);
  }
  throw failure("The embedded server ended while starting.", layout);
}

/** Stops the server and waits until it has ended. `immediate` skips its orderly shutdown. Fails with EMBEDDED. */
export async function stopServer(layout: ServerLayout, pgCtl: string, options: { readonly immediate: boolean }) {
  const found = findServer(layout);
  if (found === undefined) return;
  signalServer(found.pid, layout, pgCtl, options);
  const deadline = Date.now() + stopMs;
  while (isAlive(found)) {
    if (Date.now() > deadline) throw failure(`The embedded server (process ${found.pid}) does not stop.`, layout);
    await sleep(pollMs);
  }
}

/** Asks the server process to end and does not wait for it. */
export function signalServer(
  pid: number,
  layout: ServerLayout,
  pgCtl: string,
  options: { readonly immediate: boolean },
) {
  if (process.platform === "win32") {
    const mode = options.immediate ? "immediate" : "fast";
    spawnSync(pgCtl, ["stop", "-W", "-D", layout.data, "-m", mode], { stdio: "ignore" });
    return;
  }
  try {
    process.kill(pid, options.immediate ? "SIGQUIT" : "SIGINT");
  } catch {
    // It has ended meanwhile.
  }
}

function spawnServer(
  layout: ServerLayout,
  binaries: ServerBinaries,
  identity: ServerIdentity,
  settings: Readonly<Record<string, string>>,
): () => boolean {
  const fixed = { listen_addresses: host, unix_socket_directories: "" };
  const all = { timezone: "UTC", log_timezone: "UTC", ...settings, ...fixed };
  const settingArgs = Object.entries(all).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const log = openSync(layout.log, "a", 0o600);
  let ended = false;
  try {
    const plan = spawnPlan(identity, ...program(layout, binaries, settingArgs));
    const child = spawn(plan.command, plan.args, { ...plan.options, detached: true, stdio: ["ignore", log, log] });
    child.on("error", () => {
      ended = true;
    });
    child.on("exit", (code) => {
      // pg_ctl ends with success once the server is starting.
      ended = process.platform !== "win32" || code !== 0;
    });
    child.unref();
  } finally {
    closeSync(log);
  }
  return () => ended;
}

/** On Windows only pg_ctl can drop the rights of an administrator. */
function program(layout: ServerLayout, binaries: ServerBinaries, args: readonly string[]): [string, readonly string[]] {
  if (process.platform !== "win32") return [binaries.postgres, ["-D", layout.data, ...args]];
  const quoted = args.map((arg) => `"${arg}"`).join(" ");
  return [binaries.pgCtl, ["start", "-w", "-D", layout.data, "-l", layout.log, "-o", quoted]];
}

/** Whether the process is the server of this data directory and not a later bearer of its pid. */
function servesData(pid: number, layout: ServerLayout): boolean {
  if (process.platform === "win32") return true;
  if (process.platform !== "linux") {
    const { stdout } = spawnSync("ps", ["-o", "command=", "-p", String(pid)], { encoding: "utf8" });
    return stdout.includes(`-D ${layout.data} `);
  }
  try {
    const args = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
    // The owner too: what a process calls itself is its own choice.
    return args[args.indexOf("-D") + 1] === layout.data && statSync(`/proc/${pid}`).uid === statSync(layout.data).uid;
  } catch {
    return false;
  }
}

async function findFreePort(): Promise<number> {
  return await new Promise((done, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, host, () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      server.close(() => done(port));
    });
  });
}

function readLines(file: string): readonly string[] {
  try {
    return readFileSync(file, "utf8").split("\n");
  } catch {
    return [];
  }
}

function failure(message: string, layout: ServerLayout): SsotError {
  const end = readLines(layout.log).slice(-6).join("\n").trim();
  return new SsotError("EMBEDDED", `${message}\n${end}`, { hint: `The server's log: ${layout.log}` });
}

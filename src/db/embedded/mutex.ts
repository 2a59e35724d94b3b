import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { SsotError } from "../../model/errors.ts";
import { currentProcess, isAlive } from "./process-identity.ts";

const waitMs = 120_000;
const exitWaitMs = 2_000;
const pollMs = 20;
/** How long a lock file may be without its owner's name: longer than any process takes from opening to writing it. */
const unnamedMs = 5_000;

/** Runs `work` while no other process runs its own under the same lock file. Fails with EMBEDDED after two minutes. */
export async function withMutex<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  const deadline = Date.now() + waitMs;
  let token = tryLock(path);
  while (token === undefined) {
    if (Date.now() > deadline) {
      throw new SsotError(
        "EMBEDDED",
        `Another process has been starting or stopping this server for too long: ${path}`,
        {
          hint: "End that process, or remove the file if no such process exists.",
        },
      );
    }
    await sleep(pollMs);
    token = tryLock(path);
  }
  try {
    return await work();
  } finally {
    unlock(path, token);
  }
}

/**
 * The same for a process about to exit, without an event loop: waits two seconds at most, then leaves `work` undone.
 * A lock of this very process counts as free, since nothing else of it will run any more.
 */
export function withMutexAtExit(path: string, work: () => void): void {
  if (readOwner(path)?.pid === process.pid) rmSync(path, { force: true });
  const deadline = Date.now() + exitWaitMs;
  const clock = new Int32Array(new SharedArrayBuffer(4));
  let token = tryLock(path);
  while (token === undefined) {
    if (Date.now() > deadline) return;
    Atomics.wait(clock, 0, 0, pollMs);
    token = tryLock(path);
  }
  try {
    work();
  } finally {
    unlock(path, token);
  }
}

/** What the lock file now says of this holder; undefined when somebody else holds it. */
function tryLock(path: string): string | undefined {
  const token = create(path);
  if (token !== undefined || !isStale(path)) return token;
  // Only one process at a time may remove a dead one's lock: a second could remove the first's new one.
  const breaker = `${path}.break`;
  if (create(breaker) === undefined) {
    if (isStale(breaker)) rmSync(breaker, { force: true });
    return undefined;
  }
  try {
    if (isStale(path)) rmSync(path, { force: true });
  } finally {
    rmSync(breaker, { force: true });
  }
  return create(path);
}

/** The file may be another's by now, if `work` moved the directory away. */
function unlock(path: string, token: string): void {
  if (read(path) === token) rmSync(path, { force: true });
}

function create(path: string): string | undefined {
  const { pid, started } = currentProcess();
  const token = `${pid} ${started} ${randomBytes(6).toString("hex")}\n`;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o711 });
    writeFileSync(path, token, { flag: "wx", mode: 0o600 });
    return token;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return undefined;
    throw error;
  }
}

function isStale(path: string): boolean {
  const owner = readOwner(path);
  if (owner !== undefined) return !isAlive(owner);
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined && Date.now() - found.mtimeMs > unnamedMs;
}

function readOwner(path: string) {
  const text = read(path);
  if (!text.endsWith("\n")) return undefined;
  const [pid = "", started = ""] = text.split(" ");
  return { pid: Number(pid), started };
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** A process that may since have ended, and whose pid may since have been given to another one. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Tells two bearers of one pid apart; empty where the system does not say. Fit for a file name. */
  readonly started: string;
}

/** The live process with this pid. Undefined when there is none, or when it has ended and nobody has reaped it. */
export function findProcess(pid: number): ProcessIdentity | undefined {
  if (!Number.isSafeInteger(pid) || pid <= 0 || !exists(pid)) return undefined;
  if (process.platform === "win32") return { pid, started: "" };
  const facts = process.platform === "linux" ? readProc(pid) : askPs(pid);
  if (facts === undefined) return { pid, started: "" };
  return facts.state.startsWith("Z") || facts.state.startsWith("X") ? undefined : { pid, started: facts.started };
}

/** Whether that very process, not a later bearer of its pid, is alive. */
export function isAlive(known: ProcessIdentity): boolean {
  const now = findProcess(known.pid);
  return now !== undefined && (known.started === "" || now.started === "" || now.started === known.started);
}

export function currentProcess(): ProcessIdentity {
  return findProcess(process.pid) ?? { pid: process.pid, started: "" };
}

function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

interface ProcessFacts {
  readonly state: string;
  readonly started: string;
}

function readProc(pid: number): ProcessFacts | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The second field, the command in brackets, may itself hold blanks and brackets.
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return { state: fields[0] ?? "", started: fields[19] ?? "" };
  } catch {
    return undefined;
  }
}

function askPs(pid: number): ProcessFacts | undefined {
  const { status, stdout } = spawnSync("ps", ["-o", "stat=,lstart=", "-p", String(pid)], { encoding: "utf8" });
  if (status !== 0) return undefined;
  const [state = "", ...started] = stdout.trim().split(/\s+/);
  return { state, started: started.join("").replaceAll(/\W/g, "") };
}

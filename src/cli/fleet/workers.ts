import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import type { Ended } from "../../core/fleet/outcome.ts";
import { packageRoot } from "../../model/package-root.ts";
import type { Io } from "../io.ts";
import type { FromWorker, Told, ToWorker } from "./messages.ts";

export type Task = Omit<Extract<ToWorker, { kind: "run" }>, "kind">;

interface Worker {
  readonly child: ChildProcess;
  tasks: number;
  /** The end of what it wrote to stderr: a crash says there why. */
  said: string;
}

/** After so many targets a process is replaced, so that what one leaves behind never adds up. */
const tasksOfOne = 50;
const saidLength = 2000;

/**
 * Processes of our own, each of which works on one target at a time: memory, crashes and whatever a server does to its client stay with
 * the target that they belong to. They end with this process, however that ends.
 */
export class Workers {
  readonly #io: Io;
  readonly #idle: Worker[] = [];
  readonly #all = new Set<Worker>();

  constructor(io: Io) {
    this.#io = io;
  }

  /** Runs a command on a target. A process that dies over it gives exit code 70. */
  async run(task: Task, onTold: (what: Told) => void): Promise<Ended> {
    const worker = this.#idle.pop() ?? this.#start();
    worker.tasks += 1;
    const ended = await work(worker, task, onTold);
    if (worker.tasks >= tasksOfOne) this.#end(worker);
    else if (worker.child.connected) this.#idle.push(worker);
    return ended;
  }

  /** Stops what is at work at a safe point. */
  abort(): void {
    for (const { child } of this.#all) if (child.connected) child.send({ kind: "abort" } satisfies ToWorker, () => {});
  }

  close(): void {
    for (const worker of this.#all) this.#end(worker);
  }

  #start(): Worker {
    const child = fork(join(packageRoot(), "bin", "fleet-worker.js"), [], {
      cwd: this.#io.cwd(),
      env: { ...this.#io.env },
      execArgv: [],
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    const worker: Worker = { child, tasks: 0, said: "" };
    child.stderr?.on("data", (chunk: Buffer) => {
      worker.said = (worker.said + chunk.toString()).slice(-saidLength);
    });
    this.#all.add(worker);
    child.once("exit", () => this.#forget(worker));
    return worker;
  }

  #forget(worker: Worker): void {
    this.#all.delete(worker);
    const place = this.#idle.indexOf(worker);
    if (place >= 0) this.#idle.splice(place, 1);
  }

  #end(worker: Worker): void {
    this.#forget(worker);
    if (worker.child.connected) worker.child.disconnect();
  }
}

function work(worker: Worker, task: Task, onTold: (what: Told) => void): Promise<Ended> {
  const { child } = worker;
  return new Promise((resolve) => {
    const finish = (ended: Ended): void => {
      child.off("message", listen);
      child.off("close", died);
      child.off("error", failed);
      resolve(ended);
    };
    const listen = (message: FromWorker): void => {
      if (message.kind === "told") onTold(message.what);
      else finish({ exit: message.exit, report: documentOf(message.stdout) });
    };
    const died = (code: number | null, signal: string | null): void =>
      finish({ exit: 70, report: crash(signal ?? `exit code ${code}`, worker.said) });
    const failed = (error: Error): void => finish({ exit: 70, report: crash(error.message, worker.said) });
    child.on("message", listen);
    child.on("close", died);
    child.on("error", failed);
    child.send({ kind: "run", ...task } satisfies ToWorker, (error) => {
      if (error !== null) failed(error);
    });
  });
}

function documentOf(stdout: string): unknown {
  try {
    return JSON.parse(stdout);
  } catch {
    return null;
  }
}

// In the form in which a command writes its own errors.
function crash(how: string, said: string): unknown {
  const message = `the process that worked on it ended (${how})${said.trim() === "" ? "" : `: ${said.trim()}`}`;
  return {
    error: { code: "BUG", message, hint: "What was finished before stays, and is recorded: run the fleet again." },
  };
}

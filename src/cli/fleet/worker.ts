import { Writable } from "node:stream";
import type { Progress } from "../../core/progress.ts";
import type { Io, Signal } from "../io.ts";
import { run } from "../run.ts";
import type { FromWorker, Told, ToWorker } from "./messages.ts";

/** How often the rows of a step are told. */
const rowsEveryMs = 200;
/** How long a command may take to its safe point when nobody is there any more who waits for it. */
const orphanSeconds = 20;

/**
 * Works on targets of a fleet, one after the other, as the parent says through the channel. When that closes, because the parent has
 * ended however it did, the command at work stops at a safe point and the process ends.
 */
export function serveFleet(): void {
  let abort: (() => void) | undefined;
  let orphaned = false;
  // The terminal sends its interrupt to the children as well; what to do about it, the parent says.
  for (const name of ["SIGINT", "SIGHUP"] as const) process.on(name, () => {});
  process.on("SIGTERM", () => abort?.());
  process.on("disconnect", () => {
    orphaned = true;
    if (abort === undefined) process.exit(130);
    abort();
    setTimeout(() => process.exit(130), orphanSeconds * 1000).unref();
  });
  process.on("message", (message: ToWorker) => {
    if (message.kind === "abort") {
      abort?.();
      return;
    }
    const interrupt = new Interrupt();
    abort = () => interrupt.send();
    const stdout = new Text();
    void run(["node", "ssot", ...message.args], ioFor(message, stdout, interrupt)).then((exit) => {
      abort = undefined;
      if (orphaned) process.exit(exit);
      send({ kind: "end", exit, stdout: stdout.text });
    });
  });
}

function ioFor({ args, url, without }: Extract<ToWorker, { kind: "run" }>, stdout: Text, interrupt: Interrupt): Io {
  const env: Record<string, string | undefined> = { ...process.env, DATABASE_URL: url };
  for (const name of without) delete env[name];
  return {
    stdin: process.stdin,
    stdout,
    // Errors are in the document on stdout as well, warnings among what is told.
    stderr: new Text(),
    env,
    cwd: () => process.cwd(),
    on: (signal, listener) => interrupt.listen(signal, listener),
    off: (signal) => interrupt.forget(signal),
    exit: () => {},
    progress: progressOf(args.includes("--verbose")),
  };
}

function progressOf(verbose: boolean): Progress {
  let toldRows = 0;
  return {
    onWait: (holder) => tell({ waits: `another run (${holder})` }),
    onStage: (what) => tell({ step: what }),
    onMigration: (name) => tell({ step: name }),
    onStep: (migration, step) => tell({ step: `${migration.slice(0, 14)} ${step}` }),
    onRows: (_, done, total) => {
      const now = performance.now();
      if (now - toldRows < rowsEveryMs && done < total) return;
      toldRows = now;
      tell({ done, total });
    },
    onBlocked: (_, blockers) => tell({ waits: blockers.join("; ") }),
    onRetry: (_, attempt, blockers) => tell({ waits: `${blockers.join("; ") || "a lock"} (try ${attempt})` }),
    onWarning: (warning) => tell({ warning }),
    ...(verbose ? { onSql: (sql: string) => tell({ sql }) } : {}),
  };
}

function tell(what: Told): void {
  send({ kind: "told", what });
}

function send(message: FromWorker): void {
  // The parent may have ended a moment ago.
  if (process.connected) process.send?.(message, undefined, {}, () => {});
}

/** An interrupt for the command at work, which may not listen yet. A second one would end the process at once, and is not sent. */
class Interrupt {
  readonly #listeners = new Map<Signal, () => void>();
  #sent = false;

  send(): void {
    if (this.#sent) return;
    this.#sent = true;
    this.#listeners.get("SIGTERM")?.();
  }

  listen(signal: Signal, listener: () => void): void {
    this.#listeners.set(signal, listener);
    if (this.#sent && signal === "SIGTERM") queueMicrotask(listener);
  }

  forget(signal: Signal): void {
    this.#listeners.delete(signal);
  }
}

/** A stream that keeps what is written to it. */
class Text extends Writable {
  readonly #parts: string[] = [];

  get text(): string {
    return this.#parts.join("");
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.#parts.push(chunk.toString());
    done();
  }
}

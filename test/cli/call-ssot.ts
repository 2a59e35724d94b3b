import { PassThrough, Writable } from "node:stream";
import { type Io, run, type Signal } from "../../src/cli/run.ts";
import { problemsOf, schemaOf } from "../support/schemas.ts";

export interface CallOptions {
  readonly env?: Io["env"];
  readonly directory?: string;
  /** What time it is; missing: the machine's clock. */
  readonly now?: () => Date;
  /** What is typed on the terminal; undefined: there is none. */
  readonly answers?: string;
  /** Makes stdout and stderr terminals of so many columns. */
  readonly columns?: number;
  /** Runs with the process's own listeners: tells how to interrupt. */
  readonly onStart?: (interrupt: (signal: Signal) => void) => void;
  /** Sees stdout as it is written. */
  readonly onStdout?: (text: string) => void;
  /** Sees stderr as it is written. */
  readonly onStderr?: (text: string) => void;
}

export interface CallResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The code of an immediate end, if one was asked for. */
  readonly ended: number | undefined;
}

// Whatever a test is about: no document may be another one than its schema says.
function holdToSchema(args: readonly string[], stdout: string): void {
  if (!stdout.startsWith("{")) return;
  // A command that watches prints a document a line.
  const documents: unknown[] = args.includes("--watch")
    ? stdout
        .trimEnd()
        .split("\n")
        .map((line): unknown => JSON.parse(line))
    : [JSON.parse(stdout)];
  const problems = documents.flatMap((document) => problemsOf(schemaOf(args, document), document));
  if (problems.length > 0)
    throw new Error(`ssot ${args.join(" ")} printed what its schema does not allow:\n${problems.join("\n")}`);
}

/** Calls `ssot` without a process, in an empty environment unless one is given. */
export async function callSsot(args: readonly string[], options: CallOptions = {}): Promise<CallResult> {
  const stdout = new Sink(options.columns, options.onStdout);
  const stderr = new Sink(options.columns, options.onStderr);
  const stdin = Object.assign(new PassThrough(), { isTTY: options.answers !== undefined });
  stdin.end(options.answers ?? "");
  const listeners = new Map<Signal, () => void>();
  let ended: number | undefined;
  const io: Io = {
    stdin,
    stdout,
    stderr,
    env: options.env ?? {},
    cwd: () => options.directory ?? "/",
    now: options.now,
    on: (signal, listener) => listeners.set(signal, listener),
    off: (signal) => listeners.delete(signal),
    exit: (code) => {
      ended = code;
    },
  };
  options.onStart?.((signal) => listeners.get(signal)?.());
  const exitCode = await run(["node", "ssot", ...args], io);
  if (args.includes("--json")) holdToSchema(args, stdout.text);
  return { exitCode, stdout: stdout.text, stderr: stderr.text, ended };
}

class Sink extends Writable {
  text = "";
  readonly isTTY: boolean;
  readonly columns: number | undefined;
  readonly #onText: ((text: string) => void) | undefined;

  constructor(columns: number | undefined, onText?: (text: string) => void) {
    super();
    this.isTTY = columns !== undefined;
    this.columns = columns;
    this.#onText = onText;
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    const text = chunk.toString();
    this.text += text;
    this.#onText?.(text);
    done();
  }
}

import type { Progress } from "../core/progress.ts";

/** A stream that a command writes to. */
export interface Output extends NodeJS.WritableStream {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
}

/** A stream that answers are read from. */
export interface Input extends NodeJS.ReadableStream {
  readonly isTTY?: boolean | undefined;
}

export type Signal = "SIGINT" | "SIGTERM" | "SIGUSR2";

/** Everything a command needs of its process; `process` is one, tests bring their own. */
export interface Io {
  readonly stdin: Input;
  /** Reports, and nothing else. */
  readonly stdout: Output;
  /** Progress, warnings, errors. */
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  cwd(): string;
  /** What time it is; missing: the machine's clock. */
  readonly now?: (() => Date) | undefined;
  on(signal: Signal, listener: () => void): unknown;
  off(signal: Signal, listener: () => void): unknown;
  /** Ends the process at once; only a second interrupt asks for it. */
  exit(code: number): unknown;
  /** Who is told what a command is at, in place of stderr. */
  readonly progress?: Progress | undefined;
}

/** Columns of a terminal; where there is none, those of COLUMNS, or of a page. Prose wider than 120 columns is hard to read. */
export function widthOf(output: Output): number {
  return Math.min(120, Math.max(40, output.columns ?? 80));
}

/** Whether to colour: on a terminal unless NO_COLOR or `--no-color` says no; elsewhere only with FORCE_COLOR. */
export function wantsColor(output: Output, env: Io["env"], flag: boolean): boolean {
  if (!flag || env.NO_COLOR) return false;
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== "0" && env.FORCE_COLOR !== "false";
  return output.isTTY === true && env.TERM !== "dumb";
}

import type { BenchServer } from "./support/server.ts";

/** One number of a result. A goal is on it where the row has one for it. */
export interface Figure {
  readonly what: string;
  readonly value: number;
  /** "x" is a ratio, ours divided by the other's where less is better, the other way round where more is. */
  readonly unit: "x" | "ms" | "s" | "us" | "MB" | "1/s" | "calls" | "";
  readonly goal?: { readonly atMost: number } | { readonly atLeast: number };
}

/** A number that this machine cannot give, and why. */
interface NotRun {
  readonly what: string;
  readonly notRun: string;
}

/** What a row gives, and what is kept of it in bench/results. */
export type Result = Figure | NotRun;

/** How large a database is. */
export interface Size {
  readonly calls: number;
  readonly contacts: number;
}

/** What a row is given to measure with. */
export interface BenchContext {
  /** M, unless the run says otherwise. */
  readonly size: Size;
  /** Whether L, five times M, is asked for. */
  readonly large: boolean;
  /** How often ways take turns; undefined: the row's own number. */
  readonly rounds: number | undefined;
  /** The run's server, started when first asked for: PostgreSQL with durable settings (see server.ts). */
  server(): Promise<BenchServer>;
  /** A line for whoever watches. */
  say(line: string): void;
}

/** A row of the performance table: what is measured, against what, with its goals on the figures. */
export interface BenchRow {
  readonly id: string;
  readonly measures: string;
  readonly against: string;
  run(context: BenchContext): Promise<readonly Result[]>;
}

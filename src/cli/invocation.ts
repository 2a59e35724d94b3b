import type { Command } from "commander";
import type { Configuration } from "../core/configuration.ts";
import type { EvidenceKeeper } from "./evidence.ts";
import type { GlobalOptions } from "./global-options.ts";
import type { Io } from "./io.ts";

/** One use of a command. */
export interface Invocation {
  readonly io: Io;
  readonly options: GlobalOptions;
  /** Aborted by the first interrupt. */
  readonly signal: AbortSignal;
  /** What the team has set; read once. Throws CONFIGURATION. */
  readonly configuration: () => Promise<Configuration>;
  /** What its report says of itself. */
  readonly evidence: EvidenceKeeper;
  /** Ends with TargetReached as soon as a database would be asked: options and files are all that is checked. */
  readonly untilTarget?: boolean | undefined;
  /** Checks another command line so. Throws what its command would throw. */
  readonly check: (args: readonly string[]) => Promise<void>;
}

/** Nothing is wrong with the options of a command, as far as can be told without a database. */
export class TargetReached extends Error {}

/** Does a command's work and gives its exit code; throws a SsotError when it could not. */
type Handler<Flags extends object> = (invocation: Invocation, flags: Flags) => Promise<number>;

/** Makes a command run its handler. */
export type Register = <Flags extends object>(command: Command, handler: Handler<Flags>) => void;

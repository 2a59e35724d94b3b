import type { Target } from "../../db/target.ts";
import type { MigrateOptions } from "../migrate.ts";
import type { VerifyOptions } from "../verify.ts";
import type { Limits } from "./limits.ts";

export interface RehearseOptions extends Omit<MigrateOptions, "to" | "force" | "verify" | "observer" | "plan"> {
  /** The copy, which is changed; `target` of a run. */
  readonly target: Target;
  /** What the copy was made of: read, to tell sizes, and that it is another one. */
  readonly original?: Target | undefined;
  /** What of the copy is not as there, a sentence each. */
  readonly copyProblems: readonly string[];
  readonly verify: Pick<VerifyOptions, "suitesDirectory" | "thresholds" | "settings" | "timeoutSeconds">;
  /** Requests a second on the copy meanwhile; undefined: none. */
  readonly writeLoad?: number | undefined;
  readonly limits: Limits;
}

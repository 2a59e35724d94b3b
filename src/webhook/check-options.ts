import { SsotError } from "../model/errors.ts";

/** What options may be, for those who write JavaScript. */
export interface OptionRules {
  /** Who has these options. */
  readonly of: string;
  readonly known: readonly string[];
  readonly required: readonly string[];
  readonly functions: readonly string[];
}

/** Refuses options that are missing, unknown or of another kind. Throws CONFIGURATION, naming all of them and no value. */
export function checkOptions(options: object, { of, known, required, functions }: OptionRules): void {
  const given = new Map<string, unknown>(Object.entries(options));
  const missing = required.filter((name) => given.get(name) === undefined);
  if (missing.length > 0) {
    throw new SsotError("CONFIGURATION", `${of} needs ${missing.join(", ")}`, {
      hint: `Who really wants no authentication says ${required.find((name) => name === "verify") ?? "authenticate"}: "none".`,
    });
  }
  const unknown = [...given.keys()].filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new SsotError("CONFIGURATION", `${of} does not know ${unknown.join(", ")}`, {
      hint: `It knows ${known.join(", ")}.`,
    });
  }
  const wrong = functions.filter((name) => given.get(name) !== undefined && typeof given.get(name) !== "function");
  if (wrong.length > 0) throw new SsotError("CONFIGURATION", `${of} needs a function as ${wrong.join(", ")}`);
}

import type { CommanderError } from "commander";
import { SsotError } from "../model/errors.ts";

/** A mistake on the command line as an error of ours: USAGE, with the suggestion for a typo as its hint. */
export function usageError(error: CommanderError): SsotError {
  const text = error.message.replace(/^error: /, "");
  const [, message = text, wanted] = /^([\s\S]*?)\s*\(Did you mean ([\s\S]*)\?\)$/.exec(text) ?? [];
  return new SsotError("USAGE", message, {
    hint: wanted === undefined ? "See: ssot --help, or ssot help COMMAND" : `Did you mean ${wanted}?`,
    cause: error,
  });
}

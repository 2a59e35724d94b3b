import type { CommanderError } from "commander";
import { SsotError } from "../model/errors.ts";

/**
 * A mistake on the command line as an error of ours: USAGE, with the suggestion for a typo as its hint. What was given to an option
 * that does not exist is left out, because the option meant may have been one for a password.
 */
export function usageError(error: CommanderError): SsotError {
  const text = error.message
    .replace(/^error: /, "")
    .replace(/^(unknown option '(?:--[^=']*|-[^-]))[\s\S]*'(?=$|\s*\(Did you mean )/, "$1'");
  const [, message = text, wanted] = /^([\s\S]*?)\s*\(Did you mean ([\s\S]*)\?\)$/.exec(text) ?? [];
  return new SsotError("USAGE", message, {
    hint: wanted === undefined ? "See: ssot --help, or ssot help COMMAND" : `Did you mean ${wanted}?`,
    cause: error,
  });
}

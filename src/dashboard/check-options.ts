import { SsotError } from "../model/errors.ts";

const known = ["sql", "authorize", "nameResolution", "columns", "otherParameters", "logger"];

/** What options may be, for those who write JavaScript. Throws CONFIGURATION, naming the option and no value. */
export function checkOptions(options: object): void {
  const given = new Map<string, unknown>(Object.entries(options));
  const unknown = [...given.keys()].filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new SsotError("CONFIGURATION", `createCallsDashboard does not know ${unknown.join(", ")}`, {
      hint: `It knows ${known.join(", ")}.`,
    });
  }
  const [authorize, names] = [given.get("authorize"), given.get("nameResolution")];
  if (authorize !== undefined && typeof authorize !== "function")
    throw new SsotError("CONFIGURATION", "createCallsDashboard needs a function as authorize");
  if (names !== undefined && names !== "live" && names !== "legacy")
    throw new SsotError("CONFIGURATION", 'createCallsDashboard needs "live" or "legacy" as nameResolution');
}

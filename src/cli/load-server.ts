import { SsotError } from "../model/errors.ts";
import { installOptional } from "../model/optional-packages.ts";

/** The server of the demo. Throws CONFIGURATION where the packages that it alone needs are not installed. */
export async function loadServer() {
  try {
    return await import("../server/start-server.ts");
  } catch (cause) {
    if (!isMissing(cause)) throw cause;
    const names = ["hono", "@hono/node-server"];
    throw new SsotError("CONFIGURATION", `the demo's server needs ${names.join(" and ")}, which are not installed`, {
      hint: `Beside ssot: ${installOptional(names)}. Without --serve the demo needs neither.`,
      cause,
    });
  }
}

function isMissing(cause: unknown): boolean {
  return (
    cause instanceof Error && "code" in cause && cause.code === "ERR_MODULE_NOT_FOUND" && /hono/.test(cause.message)
  );
}

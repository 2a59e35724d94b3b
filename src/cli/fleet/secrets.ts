import { redact } from "../redact.ts";

/** Takes out of a text what a fleet must not show. */
export type Blank = (text: string) => string;

// Shorter ones are parts of words.
const shortest = 4;

/**
 * Blanks passwords in what is told of targets: those that are known, as they are and as a URL has them, and whatever looks like one.
 */
export function blankSecrets(secrets: readonly string[]): Blank {
  const known = secrets
    .flatMap((secret) => [secret, encodeURIComponent(secret)])
    .filter((secret) => secret.length >= shortest)
    // A longer one may have a shorter one in it.
    .toSorted((a, b) => b.length - a.length);
  return (text) => redact(known.reduce((told, secret) => told.replaceAll(secret, "***"), text));
}

/** The same for every text of an error's document. A report of success has nothing of ours to blank. */
export function blankError(report: unknown, blank: Blank): unknown {
  if (typeof report !== "object" || report === null || !("error" in report)) return report;
  return blankAll(report, blank);
}

function blankAll(value: unknown, blank: Blank): unknown {
  if (typeof value === "string") return blank(value);
  if (Array.isArray(value)) return value.map((each: unknown) => blankAll(each, blank));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, key === "code" ? each : blankAll(each, blank)]),
  );
}

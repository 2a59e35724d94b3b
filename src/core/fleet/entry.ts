import { listLines, SsotError } from "../../model/errors.ts";

/** A target as it is listed, its URLs complete. They may hold passwords, and are never shown. */
export interface Entry {
  readonly name: string;
  readonly url: string;
  readonly replica: string | undefined;
  /** A URL, or `embedded`. */
  readonly copy: string | undefined;
  /** Where it is listed: `line 3`, `row 3`. What stands there may be a password, so this is all that a message says. */
  readonly place: string;
}

const longestName = 63;

// A name stands in reports, in lines of a log and as a file in the folder of plans: no blank, no slash, no URL, nothing that steers.
const nameShape = /^[\p{L}\p{N}][\p{L}\p{N}\p{M}._-]*$/u;

/** What is wrong with a name; undefined: nothing. The name itself, which may be a misplaced URL, is not repeated. */
export function problemOfName(name: string): string | undefined {
  if (name === "") return "it has no name";
  if (/:\/\/|@/.test(name)) return "where its name is expected stands something like a URL";
  if (name.length > longestName) return `its name has more than ${longestName} characters`;
  if (!nameShape.test(name)) return "its name has other characters than letters, digits, dots, dashes and underscores";
  return undefined;
}

/** Throws CONFIGURATION for names that are given twice: files are named by them, and not every disk tells upper from lower case. */
export function refuseTwins(entries: readonly Entry[]): void {
  const first = new Map<string, Entry>();
  const twins: string[] = [];
  for (const entry of entries) {
    const key = entry.name.normalize("NFKC").toLowerCase();
    const before = first.get(key);
    if (before === undefined) first.set(key, entry);
    else twins.push(`${entry.place}: the name of ${before.place} again, ${before.name}`);
  }
  refuseAll(twins);
}

/** Throws CONFIGURATION for all problems at once. */
export function refuseAll(problems: readonly string[]): void {
  if (problems.length === 0) return;
  throw new SsotError("CONFIGURATION", `the targets cannot be used:${listLines(problems)}`, {
    hint: "A target is a line: NAME URL [replica=URL] [copy=URL]. Nothing was asked of any database.",
  });
}

/** Throws CONFIGURATION where no target is listed: a fleet that asked nobody is not green. */
export function refuseNone(entries: readonly Entry[], where: string): void {
  if (entries.length > 0) return;
  throw new SsotError("CONFIGURATION", `${where} lists no target: nothing was asked, so nothing is proved`, {
    hint: "A target is a line: NAME URL [replica=URL] [copy=URL].",
  });
}

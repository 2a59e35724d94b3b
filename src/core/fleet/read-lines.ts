import { type Entry, problemOfName, refuseAll, refuseNone, refuseTwins } from "./entry.ts";
import { expandVariables } from "./expand-variables.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads a list of targets, one a line: `NAME URL [replica=URL] [copy=URL]`, with `#` before a comment. `${VAR}` in a URL is taken from
 * the environment. Throws CONFIGURATION with every line that cannot be used, and repeats none of them. Pure.
 */
export function readLines(text: string, environment: Environment): readonly Entry[] {
  const problems: string[] = [];
  const entries: Entry[] = [];
  for (const [index, line] of text
    .replace(/^\ufeff/, "")
    .split(/\r\n|\n|\r/)
    .entries()) {
    const place = `line ${index + 1}`;
    const read = readLine(line, place, environment);
    if (read === undefined) continue;
    if (typeof read === "string") problems.push(`${place}: ${read}`);
    else entries.push(read);
  }
  refuseAll(problems);
  refuseNone(entries, "the file of targets");
  refuseTwins(entries);
  return entries;
}

/** The line's target, or what is wrong with it; undefined: it has none. */
function readLine(line: string, place: string, environment: Environment): Entry | string | undefined {
  // A URL may have a # of its own: a comment begins a line, or follows a blank.
  const words = line
    .replace(/(^|[ \t])#.*$/su, "")
    .split(/[ \t]+/)
    .filter((word) => word !== "");
  const [name, url, ...further] = words;
  if (name === undefined) return undefined;
  const problem = problemOfName(name);
  if (problem !== undefined) return problem;
  if (url === undefined) return "it has no URL";
  const known = new Map<string, string>();
  for (const word of further) {
    const [, key, value] = /^(replica|copy)=(.+)$/su.exec(word) ?? [];
    if (key === undefined || value === undefined) return "behind the URL it has something else than replica= and copy=";
    if (known.has(key)) return `it has ${key}= twice`;
    known.set(key, value);
  }
  const missing = new Set<string>();
  const expand = (value: string): string => expandVariables(value, environment, missing);
  const [replica, copy] = [known.get("replica"), known.get("copy")];
  const entry = {
    name,
    url: expand(url),
    replica: replica === undefined ? undefined : expand(replica),
    copy: copy === undefined ? undefined : expand(copy),
    place,
  };
  return missing.size === 0 ? entry : `the environment has no ${[...missing].join(", ")}`;
}

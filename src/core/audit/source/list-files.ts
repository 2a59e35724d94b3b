import { opendir, readFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import ignore, { type Ignore } from "ignore";

interface Rules {
  readonly base: string;
  readonly rules: Ignore;
}

/** The files of a folder, in order of names, so that two runs print the same; without `.git`, links, and what .gitignore files name. */
export async function* listFiles(folder: string, above: readonly Rules[] = []): AsyncGenerator<string> {
  const own = await readFile(join(folder, ".gitignore"), "utf8").catch(() => undefined);
  const all = own === undefined ? above : [...above, { base: folder, rules: ignore().add(own) }];
  const entries = [];
  for await (const entry of await opendir(folder)) entries.push(entry);
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.name === ".git" || isIgnored(path, entry.isDirectory(), all)) continue;
    if (entry.isDirectory()) yield* listFiles(path, all);
    else if (entry.isFile()) yield path;
  }
}

// The innermost file that says something about the path decides.
function isIgnored(path: string, isFolder: boolean, all: readonly Rules[]): boolean {
  for (const { base, rules } of all.toReversed()) {
    const place = relative(base, path).split(sep).join("/");
    const { ignored, unignored } = rules.test(isFolder ? `${place}/` : place);
    if (ignored || unignored) return ignored;
  }
  return false;
}

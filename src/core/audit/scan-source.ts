import { opendir, readFile, stat } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import ignore, { type Ignore } from "ignore";
import { SsotError } from "../../model/errors.ts";
import { missionColumns } from "../../model/mission.ts";
import { anyOf } from "../../names/words.ts";

/** A line of code that names a deprecated column. */
interface SourceMention {
  readonly column: string;
  /** Relative to the folder, with slashes. */
  readonly file: string;
  readonly line: number;
  /** The line, trimmed, at most 120 characters. */
  readonly text: string;
}

export interface SourceReport {
  readonly directory: string;
  readonly files: number;
  readonly mentions: readonly SourceMention[];
}

// For a field of an answer, say, that has the same name.
const excused = /ssot:ignore/;
const mostBytes = 5 * 1024 * 1024;

/**
 * Finds the names of columns, the mission's where none are given, as whole words in the text files of a folder; what
 * .gitignore files name is left out, and so are `.git`, links, binary files and files over 5 MB. A line that says
 * `ssot:ignore` is excused. Throws USAGE for a folder that cannot be read.
 */
export async function scanSource(
  directory: string,
  columns: readonly string[] = Object.values(missionColumns),
): Promise<SourceReport> {
  await refuseNoFolder(directory);
  const words = new RegExp(`(?<![\\w$])${anyOf(columns)}(?![\\w$])`, "g");
  const mentions: SourceMention[] = [];
  let files = 0;
  for await (const path of listFiles(directory, [])) {
    const text = await readText(path);
    if (text === undefined) continue;
    files += 1;
    mentions.push(...mentionsIn(text, words, relative(directory, path).split(sep).join("/")));
  }
  return { directory, files, mentions };
}

/** Throws USAGE for a folder that is none. */
export async function refuseNoFolder(directory: string): Promise<void> {
  const found = await stat(directory).catch(() => undefined);
  if (found?.isDirectory() !== true) throw new SsotError("USAGE", `there is no folder ${directory}`);
}

interface Rules {
  readonly base: string;
  readonly rules: Ignore;
}

// In order of names, so that two runs print the same.
async function* listFiles(folder: string, above: readonly Rules[]): AsyncGenerator<string> {
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

async function readText(path: string): Promise<string | undefined> {
  if ((await stat(path)).size > mostBytes) return undefined;
  const bytes = await readFile(path);
  return bytes.subarray(0, 8192).includes(0) ? undefined : bytes.toString("utf8");
}

function mentionsIn(text: string, words: RegExp, file: string): readonly SourceMention[] {
  if (text.search(words) < 0) return [];
  return text.split("\n").flatMap((line, n) => {
    const columns = [...new Set([...line.matchAll(words)].map(([word]) => word))];
    if (columns.length === 0 || excused.test(line)) return [];
    return columns.map((column) => ({ column, file, line: n + 1, text: line.trim().slice(0, 120) }));
  });
}

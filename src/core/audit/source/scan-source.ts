import { stat } from "node:fs/promises";
import { relative, sep } from "node:path";
import { SsotError } from "../../../model/errors.ts";
import { missionColumns } from "../../../model/mission.ts";
import { findNames, type OpenMention, type SourceMention } from "./find-names.ts";
import { findWholeRows } from "./find-whole-rows.ts";
import { listFiles } from "./list-files.ts";
import { readText } from "./read-text.ts";
import { type SourceColumn, type Spellings, spellingsOf } from "./spellings.ts";

export interface SourceReport {
  readonly directory: string;
  readonly files: number;
  /** In order of files and lines. */
  readonly mentions: readonly SourceMention[];
}

// For a field of an answer, say, that has the same name.
const excused = /ssot:ignore/;

/**
 * Finds the lines of a folder's text files that use columns, the mission's where none are given: that name one as SQL or as a property, that
 * declare it to an ORM, which then names it in each statement, or that read whole rows of its table. What .gitignore files name is left
 * out, and so are `.git`, links, binary files and files over 5 MB. A line that says `ssot:ignore` is excused. Throws USAGE for a folder that
 * cannot be read.
 */
export async function scanSource(
  directory: string,
  columns: readonly SourceColumn[] = Object.values(missionColumns).map((column) => ({ table: "calls", column })),
): Promise<SourceReport> {
  await refuseNoFolder(directory);
  const tables = spellingsOf(columns);
  const found: OpenMention[] = [];
  let files = 0;
  for await (const path of listFiles(directory)) {
    const text = await readText(path);
    if (text === undefined) continue;
    files += 1;
    found.push(...usesIn(text, relative(directory, path).split(sep).join("/"), tables));
  }
  const declared = new Set(found.filter(({ use }) => use === "declared").map(({ table }) => table));
  const mentions = found.map(({ certainty, ...mention }): SourceMention => {
    const settled = certainty === "as declared" ? (declared.has(mention.table) ? "likely" : "possible") : certainty;
    return { ...mention, certainty: settled };
  });
  return { directory, files, mentions };
}

function usesIn(text: string, file: string, tables: readonly Spellings[]): readonly OpenMention[] {
  const lines = text.split(/\r?\n/);
  return tables
    .flatMap((table) => [
      ...findNames(table, file, lines),
      ...(table.tableWord.test(text) ? findWholeRows(table, file, text) : []),
    ])
    .filter(({ line }) => !excused.test(lines[line - 1] ?? ""))
    .sort((a, b) => a.line - b.line);
}

/** Throws USAGE for a folder that is none. */
export async function refuseNoFolder(directory: string): Promise<void> {
  const found = await stat(directory).catch(() => undefined);
  if (found?.isDirectory() !== true) throw new SsotError("USAGE", `there is no folder ${directory}`);
}

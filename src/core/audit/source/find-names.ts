import type { Spellings } from "./spellings.ts";
import { linesAround, pathTo } from "./surroundings.ts";

/** What a line does with a column; "whole row": it reads all columns there are, this one among them, and names none. */
type SourceUse = "declared" | "returned" | "named" | "whole row";

/**
 * How sure it is that a line is about the column. Certain: it has the column's SQL name, and its table is near. Likely: one of both, and what
 * it does speaks for it. Possible: another thing may have that name, or an answer with fewer columns may do.
 */
type Certainty = "certain" | "likely" | "possible";

/** A line of code that uses a column, and where. */
export interface SourceMention {
  readonly table: string;
  /** "*" where a line reads whole rows. */
  readonly column: string;
  /** Relative to the folder, with slashes. */
  readonly file: string;
  readonly line: number;
  readonly use: SourceUse;
  readonly certainty: Certainty;
  /** The line, trimmed, at most 120 characters. */
  readonly text: string;
}

// What begins the description of a table or of its rows, in Prisma, Drizzle, TypeORM, Sequelize, Kysely, generated types, Django, Rails and others.
const declares =
  /\b(?:model|interface|class|struct|type|schema|entity|table|record)\s+\w|\b(?:pg|mysql|sqlite)Table\w*\s*\(|\.table\s*\(|@(?:Entity|Table|ViewEntity)\b|\.(?:define|init)\s*\(|\b(?:Row|Insert|Update)\s*:\s*\{|\bdefineTable\b/;
const returns = /\breturning\b/i;

/** Whether a drop would break the line, as far as a text can tell. */
export function isBreaking({ use, certainty }: SourceMention): boolean {
  return use !== "whole row" && certainty !== "possible";
}

/** Likely where a declaration in the same folder names the column, which is known at the end; else possible. */
type OpenCertainty = Certainty | "as declared";

export type OpenMention = Omit<SourceMention, "certainty"> & { readonly certainty: OpenCertainty };

/** The uses of one table's columns by name in a file. */
export function findNames(spellings: Spellings, file: string, lines: readonly string[]): readonly OpenMention[] {
  return lines.flatMap((line, at) =>
    spellings.columns.flatMap(({ column, inSql, asProperty }): readonly OpenMention[] => {
      const sql = inSql.test(line);
      if (!sql && asProperty?.test(line) !== true) return [];
      const path = pathTo(lines, at);
      const isNear = spellings.tableWord.test(path) || spellings.tableWord.test(linesAround(lines, at));
      // A single word, as "name" or "email", is the column's only beside its table.
      if (!isNear && asProperty === undefined && /^[a-z0-9]+$/i.test(column)) return [];
      const use = useOf(spellings, path, line);
      const certainty = certaintyOf({ sql, isNear, declared: use === "declared" });
      return [{ table: spellings.table, column, file, line: at + 1, use, certainty, text: line.trim().slice(0, 120) }];
    }),
  );
}

function useOf({ tableWord }: Spellings, path: string, line: string): SourceUse {
  if (declares.test(path) && tableWord.test(path)) return "declared";
  return returns.test(line) || returns.test(path) ? "returned" : "named";
}

function certaintyOf(found: {
  readonly sql: boolean;
  readonly isNear: boolean;
  readonly declared: boolean;
}): OpenCertainty {
  if (found.sql) return found.isNear ? "certain" : "likely";
  if (found.declared) return "likely";
  return found.isNear ? "as declared" : "possible";
}

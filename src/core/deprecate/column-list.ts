import { SsotError } from "../../model/errors.ts";

/** Columns of one table, as somebody wrote them. */
export interface ColumnList {
  /** As SQL writes it, each part quoted; without a schema where none was written. */
  readonly table: string;
  readonly columns: readonly string[];
}

const part = String.raw`"(?:[^"]|"")+"|[\p{L}_][\p{L}\p{N}_$]*`;
const whole = new RegExp(`^(?:(?:${part})\\.){1,2}(?:${part})$`, "u");
const each = new RegExp(part, "gu");

/** Reads `[SCHEMA.]TABLE.COLUMN…` as SQL would: words in small letters, names in quotes as they are. Throws USAGE. */
export function readColumnList(words: readonly string[]): ColumnList {
  const read = words.map((word) => {
    if (!whole.test(word)) {
      throw new SsotError("USAGE", `expected TABLE.COLUMN or SCHEMA.TABLE.COLUMN, found: ${word}`, {
        hint: 'Names are read as SQL reads them: a name with capitals or spaces stands in quotes, \'public."Pages"."authorName"\'.',
      });
    }
    const names = [...word.matchAll(each)].map(([name]) => meantBy(name));
    return { table: names.slice(0, -1).map(quoteName).join("."), column: names.at(-1) ?? "" };
  });
  const tables = [...new Set(read.map(({ table }) => table))];
  const columns = read.map(({ column }) => column);
  if (tables.length !== 1 || tables[0] === undefined) {
    throw new SsotError("USAGE", `expected columns of one table, found columns of: ${tables.join(", ")}`, {
      hint: "A deprecation is about one table; run the command once for each.",
    });
  }
  const twice = columns.find((column, place) => columns.indexOf(column) !== place);
  if (twice !== undefined) throw new SsotError("USAGE", `column ${twice} is named twice`);
  return { table: tables[0], columns };
}

function meantBy(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name.toLowerCase();
}

/** A name as SQL writes it, in quotes. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

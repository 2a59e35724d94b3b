import { anyOf } from "../../../names/words.ts";

/** A column whose uses are looked for, of a table as SQL names it, with or without its schema. */
export interface SourceColumn {
  readonly table: string;
  readonly column: string;
}

/** A table's names and its columns', as code spells them. */
export interface Spellings {
  readonly table: string;
  /** The table, or the class or model of it: calls, Calls, call, Call; contactNotes, ContactNote. */
  readonly tableWord: RegExp;
  /** For expressions: the same as a group. */
  readonly tableGroup: string;
  readonly columns: readonly ColumnSpelling[];
}

interface ColumnSpelling {
  readonly column: string;
  /** As SQL spells it, in any case. */
  readonly inSql: RegExp;
  /** As a property: callerName, CallerName; undefined where that is the same word. */
  readonly asProperty: RegExp | undefined;
}

/** One for each table. */
export function spellingsOf(columns: readonly SourceColumn[]): readonly Spellings[] {
  return [...new Set(columns.map(({ table }) => table))].map((table) => {
    const own = columns.filter((column) => column.table === table);
    const tableGroup = anyOf(namesOfTable(table));
    return {
      table,
      tableGroup,
      tableWord: new RegExp(`(?<![A-Za-z0-9$])_?${tableGroup}(?![a-z0-9$])`),
      columns: own.map(({ column }) => spell(column)),
    };
  });
}

function spell(column: string): ColumnSpelling {
  const property = camel(column);
  const own =
    property === column
      ? undefined
      : `${anyOf([property.charAt(0), property.charAt(0).toUpperCase()])}${anyOf([property.slice(1)])}`;
  return {
    column,
    inSql: new RegExp(`(?<![\\w$])${anyOf([column])}(?![\\w$])`, "i"),
    asProperty: own === undefined ? undefined : new RegExp(`(?<![A-Za-z0-9$])${own}(?![A-Za-z0-9$])`),
  };
}

function namesOfTable(table: string): readonly string[] {
  const name = table.replaceAll('"', "").replace(/^.*[.]/, "");
  const forms = [name, singular(name)].flatMap((form) => [form, camel(form), pascal(form), form.toUpperCase()]);
  return [...new Set(forms)].sort((a, b) => b.length - a.length);
}

function singular(name: string): string {
  if (/[^aeiou]ies$/i.test(name)) return name.replace(/ies$/i, "y");
  if (/(?:ss|sh|ch|x|z)es$/i.test(name)) return name.slice(0, -2);
  return /[^s]s$/i.test(name) ? name.slice(0, -1) : name;
}

function camel(name: string): string {
  return name.replace(/(?<=[^_])_+([a-zA-Z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function pascal(name: string): string {
  const word = camel(name);
  return word.charAt(0).toUpperCase() + word.slice(1);
}

import type { Mention, Surroundings, Watched } from "./mention.ts";
import type { Rows } from "./scope.ts";
import { type Words, wordsOf } from "./words.ts";

/** A string constant of a text, where it stands. */
export interface Constant {
  readonly value: string;
  readonly line: number;
}

/** What is known of a text while it is read, and what was found in it. */
export interface Reading {
  readonly words: Words;
  /** Variables and parameters whose fields a qualified name may mean. */
  readonly variables: Map<string, Rows>;
  /** Names that qualify variables: blocks, and the function itself. */
  readonly labels: Set<string>;
  readonly constants: Constant[];
  readonly mentions: Mention[];
  /** A row of the table stands somewhere as a value: as JSON its columns may be named by strings. */
  rowAsValue: boolean;
  /** Keys of some JSON are asked for. */
  asksKeys: boolean;
  /** Text that cannot be read here becomes SQL when the body runs. */
  builtText: boolean;
  /** A query gave whole rows of the table. */
  wholeRows: boolean;
  /** new and old are rows of the table. */
  readonly fires: boolean;
  /** The line of a byte of the text that is being read. */
  readonly line: (byte: number) => number;
  /** How what is read there touches a column. */
  readonly reads: "reads" | "returning" | "copy";
  /** Keys of JSON are parameters. */
  readonly recorded: boolean;
  readonly isTable: (schema: string | undefined, name: string | undefined) => boolean;
  readonly returnsRows: (name: string | undefined) => boolean;
  /** Whether a relation is a further view that reads the columns. */
  readonly readsThrough: (schema: string | undefined, name: string | undefined) => boolean;
  /** From here on this relation is one that has the columns of the table. */
  readonly copiesTable: (table: string | undefined) => void;
}

export function openReading(watched: Watched, around: Surroundings, line: Reading["line"]): Reading {
  const relations = new Set(around.relations);
  const functions = new Set(around.functions);
  const views = (around.views ?? []).map((view) => view.split("."));
  return {
    words: wordsOf(watched),
    variables: new Map(),
    labels: new Set(),
    constants: [],
    mentions: [],
    rowAsValue: false,
    asksKeys: false,
    builtText: false,
    wholeRows: false,
    line,
    reads: "reads",
    recorded: around.recorded === true,
    fires: around.fires === true,
    isTable: (schema, name) =>
      name !== undefined &&
      (relations.has(name) ||
        watched.relations.some((each) => each.name === name && (schema === undefined || schema === each.schema))),
    returnsRows: (name) => name !== undefined && functions.has(name),
    readsThrough: (schema, name) =>
      views.some((view) => view.at(-1) === name && (schema === undefined || schema === view.at(-2))),
    copiesTable: (table) => {
      if (table !== undefined) relations.add(table);
    },
  };
}

/** Reads an inner text, with names and lines of its own; what is found belongs to the whole. */
export function within<Result>(
  reading: Reading,
  own: Partial<Pick<Reading, "variables" | "labels" | "line" | "mentions" | "constants" | "reads">>,
  work: (inner: Reading) => Result,
): Result {
  const inner = { ...reading, ...own };
  const result = work(inner);
  reading.rowAsValue ||= inner.rowAsValue;
  reading.asksKeys ||= inner.asksKeys;
  reading.builtText ||= inner.builtText;
  reading.wholeRows ||= inner.wholeRows;
  return result;
}

/** Lines of a text by its bytes: the grammar counts those, not characters. */
export function linesOf(text: string, first = 1): (byte: number) => number {
  const ends: number[] = [];
  const bytes = Buffer.from(text);
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) ends.push(at);
  return (byte) => first + ends.filter((end) => end < byte).length;
}

export function report(reading: Reading, mention: Mention): void {
  const same = ({ column, how, certainty, line }: Mention): boolean =>
    column === mention.column && how === mention.how && certainty === mention.certainty && line === mention.line;
  if (!reading.mentions.some(same)) reading.mentions.push(mention);
}

/** Reports a use of the column that rows have, if it is a watched one and they may be rows of the table. */
export function reportUse(
  reading: Reading,
  use: {
    readonly name: string | undefined;
    readonly rows: Rows;
    readonly how: Mention["how"];
    readonly line: number;
  },
): void {
  const column = reading.words.columnNamed(use.name);
  if (column === undefined || use.rows === "other") return;
  report(reading, { column, how: use.how, certainty: use.rows === "table" ? "grammar" : "text", line: use.line });
}

/** Reports columns that stand in a string which becomes SQL, or a key of JSON. */
export function reportText(reading: Reading, { value, line }: Constant): void {
  for (const column of reading.words.columnsIn(value))
    report(reading, { column, how: "dynamic", certainty: "text", line });
}

export function reportAll(reading: Reading, how: Mention["how"], line: number, certainty: Mention["certainty"]): void {
  for (const column of reading.words.columns) report(reading, { column, how, certainty, line });
}

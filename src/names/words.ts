import type { Mention, Watched } from "./mention.ts";

/** The names that are looked for, as words of a text. */
export interface Words {
  readonly columns: readonly string[];
  /** The column of this name, as PostgreSQL folds it. */
  readonly columnNamed: (name: string | undefined) => string | undefined;
  /** The columns whose names stand in a text, whatever they mean there. */
  readonly columnsIn: (text: string) => readonly string[];
  /** Whether the words that mean the table, or a view over it, stand in a text. */
  readonly nameTable: (text: string) => boolean;
  /** Whether a text is a column's name and nothing else but what makes a key or path of JSON of it. */
  readonly isKey: (text: string) => boolean;
}

export function wordsOf({ relations, columns }: Watched): Words {
  const named = columns.map((column) => ({ column, word: word([column]) }));
  const table = word(relations.map(({ name }) => name));
  const key = new RegExp(`^[\\s{$.["']*${anyOf(columns)}[\\s\\]}"']*$`);
  return {
    columns,
    columnNamed: (name) => columns.find((column) => column === name),
    columnsIn: (text) => named.filter((each) => each.word.test(text)).map(({ column }) => column),
    nameTable: (text) => table.test(text),
    isKey: (text) => key.test(text),
  };
}

/** Every line of a text on which a column's name stands: what is left to say where no grammar reads it. */
export function mentionsByText(words: Words, text: string): readonly Mention[] {
  return text
    .split("\n")
    .flatMap((line, index) =>
      words.columnsIn(line).map((column): Mention => ({ column, how: "dynamic", certainty: "text", line: index + 1 })),
    );
}

function word(names: readonly string[]): RegExp {
  return new RegExp(`(?<![a-z0-9_])${anyOf(names)}(?![a-z0-9_])`, "i");
}

/** A group that matches any of these words and no other text, in regular expressions of JavaScript and of PostgreSQL. */
export function anyOf(names: readonly string[]): string {
  const escaped = names.map((name) => name.replace(/[$()*+./?[\\\]^{|}-]/g, "\\$&"));
  return `(?:${escaped.length === 0 ? "(?!x)x" : escaped.join("|")})`;
}

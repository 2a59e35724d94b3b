/** The deprecated columns of calls. */
export const deprecatedColumns = ["caller_name", "from_number"] as const;
export type DeprecatedColumn = (typeof deprecatedColumns)[number];

/** How a text touches a deprecated column. */
export interface Mention {
  readonly column: DeprecatedColumn;
  /** "select *": whole rows, which do not name it. "dynamic": in text that becomes SQL, or cannot be read as SQL. */
  readonly how: "reads" | "writes" | "select *" | "dynamic";
  /** By the server's grammar, or only because the words are there. */
  readonly certainty: "grammar" | "text";
  /** From 1, in the statement or in the function's body. */
  readonly line: number;
}

/** What the text alone does not tell of the database around it. */
export interface Surroundings {
  /** Further relations whose rows are those of calls: children, transition tables. */
  readonly relations?: readonly string[];
  /** Functions that return such rows. */
  readonly functions?: readonly string[];
  /** The text is the function of a trigger on calls. */
  readonly firesOnCalls?: boolean;
}

/** The column of this name, as PostgreSQL folds it. */
export function columnNamed(name: string | undefined): DeprecatedColumn | undefined {
  return deprecatedColumns.find((column) => column === name);
}

const word = (name: string): RegExp => new RegExp(`(?<![a-z0-9_])${name}(?![a-z0-9_])`, "gi");

/** The deprecated columns whose names stand in a text, whatever they mean there. */
export function columnsByText(text: string): readonly DeprecatedColumn[] {
  return deprecatedColumns.filter((column) => word(column).test(text));
}

/** Whether the words that mean calls, or the view over it, stand in a text. */
export function namesCallsByText(text: string): boolean {
  return word("calls(?:_with_caller_names)?").test(text);
}

/** Every line of a text on which a column's name stands: what is left to say where no grammar reads it. */
export function mentionsByText(text: string, firstLine = 1): readonly Mention[] {
  return text
    .split("\n")
    .flatMap((line, index) =>
      columnsByText(line).map(
        (column): Mention => ({ column, how: "dynamic", certainty: "text", line: firstLine + index }),
      ),
    );
}

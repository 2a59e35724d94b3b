/** How a text touches a column. */
export interface Mention {
  readonly column: string;
  /**
   * "select *": whole rows, which do not name it. "dynamic": in text that becomes SQL, or cannot be read as SQL.
   * "returning" and "copy" are ways to read it, "view" reads it through a view that does.
   */
  readonly how: "reads" | "returning" | "copy" | "view" | "writes" | "select *" | "dynamic";
  /** By the server's grammar, or only because the words are there. */
  readonly certainty: "grammar" | "text";
  /** From 1, in the statement or in the function's body. */
  readonly line: number;
}

/** What is looked for: columns of one table, which may be had through views over it as well. */
export interface Watched {
  /** The table, and views that pass its columns on under their names. */
  readonly relations: readonly { readonly schema: string; readonly name: string }[];
  /** As the catalog has them. */
  readonly columns: readonly string[];
}

/** What the text alone does not tell of the database around it. */
export interface Surroundings {
  /** Further relations, of any schema, whose rows are those of the table: children, transition tables. */
  readonly relations?: readonly string[];
  /** Functions that return such rows. */
  readonly functions?: readonly string[];
  /** Further views that read the columns, with their schemas. */
  readonly views?: readonly string[];
  /** The text is the function of a trigger on the table. */
  readonly fires?: boolean;
  /** The text was recorded with parameters in the place of its constants, keys of JSON among them. */
  readonly recorded?: boolean;
}

/** Something besides the tool itself that the drop of the columns would break. */
export interface Dependent {
  /** view, index, function, job, …: as PostgreSQL calls it. */
  readonly kind: string;
  readonly name: string;
  /** Null where it depends on the view over the table, of whichever column. */
  readonly column: string | null;
  readonly detail: string;
  /** Tracked by the catalog, read by the grammar, or only a text in which the words stand. */
  readonly certainty: "catalog" | "grammar" | "text";
}

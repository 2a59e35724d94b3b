/** What stands behind a name: rows of the table, rows that are surely none, or what cannot be told. */
export type Rows = "table" | "other" | "unknown";

export interface Source {
  readonly name: string | undefined;
  readonly rows: Rows;
}

/** One level of a query: its FROM list, the WITH queries visible there, and the levels around it. */
export interface Scope {
  readonly sources: Source[];
  readonly queries: Map<string, Rows>;
  readonly around: Scope | undefined;
}

export function openScope(around: Scope | undefined, sources: readonly Source[] = []): Scope {
  return { sources: [...sources], queries: new Map(), around };
}

/** The source of that name, from the inside out. */
export function sourceNamed(name: string, scope: Scope | undefined): Source | undefined {
  for (let at = scope; at !== undefined; at = at.around) {
    const found = at.sources.find((source) => source.name === name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The rows of the WITH query of that name, from the inside out. */
export function queryNamed(name: string, scope: Scope | undefined): Rows | undefined {
  for (let at = scope; at !== undefined; at = at.around) {
    const found = at.queries.get(name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Whether rows of the table are in reach of an unqualified name. */
export function tableInReach(scope: Scope | undefined): boolean {
  for (let at = scope; at !== undefined; at = at.around) {
    if (at.sources.some(({ rows }) => rows === "table")) return true;
  }
  return false;
}

/** Those of the table if any is, else what cannot be told, else surely none. */
export function mixRows(all: readonly Rows[]): Rows {
  if (all.includes("table")) return "table";
  return all.includes("unknown") ? "unknown" : "other";
}

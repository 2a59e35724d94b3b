/** A node of a parse tree as JSON brings it. */
export type Branch = Readonly<Record<string, unknown>>;

export function isBranch(value: unknown): value is Branch {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The node under a key; an empty one where there is none. */
export function branchAt(node: unknown, ...path: readonly string[]): Branch {
  let at: unknown = node;
  for (const key of path) at = isBranch(at) ? at[key] : undefined;
  return isBranch(at) ? at : {};
}

export function listAt(node: unknown, key: string): readonly unknown[] {
  const value = isBranch(node) ? node[key] : undefined;
  return Array.isArray(value) ? value : [];
}

export function textAt(node: unknown, key: string): string | undefined {
  const value = isBranch(node) ? node[key] : undefined;
  return typeof value === "string" ? value : undefined;
}

export function numberAt(node: unknown, key: string): number {
  const value = isBranch(node) ? node[key] : undefined;
  return typeof value === "number" ? value : 0;
}

/** A wrapped node, `{"ColumnRef": {…}}`, as its kind and what it holds. */
export function unwrap(node: unknown): { readonly kind: string; readonly inner: Branch } {
  const [entry] = isBranch(node) ? Object.entries(node) : [];
  return entry === undefined ? { kind: "", inner: {} } : { kind: entry[0], inner: isBranch(entry[1]) ? entry[1] : {} };
}

/** The parts of a dotted name; undefined for what is no name, such as a star. */
export function nameParts(nodes: readonly unknown[]): readonly (string | undefined)[] {
  return nodes.map((node) => textAt(branchAt(node, "String"), "sval"));
}

/** All nodes of a kind, wherever they stand. */
export function findAll(node: unknown, kind: string): readonly Branch[] {
  const found: Branch[] = [];
  const look = (at: unknown): void => {
    if (Array.isArray(at)) for (const each of at) look(each);
    else if (isBranch(at)) {
      for (const [key, value] of Object.entries(at)) {
        if (key === kind && isBranch(value)) found.push(value);
        look(value);
      }
    }
  };
  look(node);
  return found;
}

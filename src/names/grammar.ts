import type * as PgQuery from "libpg-query";

let library: Promise<typeof PgQuery> | undefined;
let worn = false;

/** The server's grammar. A text that it does not take is undefined, not an error. */
export interface Grammar {
  readonly statements: (text: string) => unknown;
  readonly plpgsql: (text: string) => unknown;
}

/** Loads PostgreSQL's own parser (WebAssembly), once a process and not before somebody needs it. */
export async function loadGrammar(): Promise<Grammar> {
  library ??= import("libpg-query");
  const { loadModule, parseSync, parsePlPgSQLSync } = await library;
  await loadModule();
  return {
    statements: (text) => attempt(text, parseSync),
    plpgsql: (text) => attempt(text, parsePlPgSQLSync),
  };
}

const longest = 1_000_000;

function attempt<Result>(text: string, parse: (text: string) => Result): Result | undefined {
  if (worn || text.trim() === "" || text.length > longest || text.includes("\0")) return undefined;
  try {
    return parse(text);
  } catch (error) {
    // A trap leaves the module's stack where it was: from then on nothing that it says is believed.
    if (error instanceof Error && /^(Range|Runtime)Error$/.test(error.name)) worn = true;
    return undefined;
  }
}

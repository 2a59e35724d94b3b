import { SsotError } from "../model/errors.ts";
import { quoteLiteral } from "../sql/quote-literal.ts";
import { readTokens, type SqlToken } from "../sql/tokens.ts";

/** What psql would put in place of `:name` (as it is) and `:'name'` (as a literal). */
export type Variables = Readonly<Record<string, string>>;

interface Place {
  readonly name: string;
  readonly quoted: boolean;
  /** The tokens that it takes: the colon and the name. */
  readonly at: number;
}

/**
 * SQL with its variables' values in their places, as psql puts them there: never in strings, comments, dollar quotes,
 * casts, slices of arrays and `:=`. Throws MIGRATION_FILES for a variable without a value.
 */
export function bindVariables(sql: string, values: Variables): string {
  const tokens = readTokens(sql);
  const texts = tokens.map(({ text }) => text);
  for (const { name, quoted, at } of findVariables(tokens)) {
    const value = values[name];
    if (value === undefined) throw unknown(name, Object.keys(values));
    texts[at] = "";
    texts[at + 1] = quoted ? quoteLiteral(value) : value;
  }
  return texts.join("");
}

/** Throws MIGRATION_FILES where SQL holds a variable of another name, or ends within a string or comment. */
export function refuseUnknownVariables(sql: string, known: readonly string[]): void {
  const tokens = readTokens(sql);
  const open = tokens.find((token) => token.open)?.text.split("\n", 1)[0];
  if (open !== undefined) throw broken(`a string or comment has no end: ${open.slice(0, 60)}`);
  const other = findVariables(tokens).find(({ name }) => !known.includes(name));
  if (other !== undefined) throw unknown(other.name, known);
}

function findVariables(tokens: readonly SqlToken[]): readonly Place[] {
  const found: Place[] = [];
  const open: string[] = [];
  for (const [at, { kind, text }] of tokens.entries()) {
    if (kind !== "other") continue;
    if (text === "(" || text === "[") open.push(text);
    if (text === ")" || text === "]") open.pop();
    if (text !== ":" || tokens[at - 1]?.text === ":" || open.at(-1) === "[") continue;
    const next = tokens[at + 1];
    if (next?.kind === "word") found.push({ name: next.text, quoted: false, at });
    if (next?.kind === "string" || next?.kind === "name") {
      const name = /^'(\w+)'$/.exec(next.text)?.[1] ?? next.text;
      found.push({ name, quoted: true, at });
    }
  }
  return found;
}

function unknown(name: string, known: readonly string[]): SsotError {
  return broken(`there is no variable :${name}, expected one of ${known.join(", ")}`);
}

function broken(what: string): SsotError {
  return new SsotError("MIGRATION_FILES", `a file of SQL cannot be read: ${what}`, {
    hint: "Restore the file from the package, or correct it; nothing was run.",
  });
}

import { createHash } from "node:crypto";
import { readTokens, type SqlToken } from "../../sql/tokens.ts";

/** A statement without anything that is a value: what is left may be shown, and is the same for every execution. */
export interface StatementShape {
  /** On one line; values are `?`, a list of them `?, …`. Ends with `…` where the text was cut. */
  readonly text: string;
  /** Twelve hexadecimal digits, the same for the same shape. */
  readonly fingerprint: string;
}

const longest = 500;

/** The shape of a statement as the audit keeps it: possibly cut in the middle of a string. */
export function shapeOf(statement: string): StatementShape {
  const cut = statement.length >= longest ? "…" : "";
  const bare = readTokens(statement)
    .map(withoutValue)
    .join("")
    .replace(/\s+/g, " ")
    .replace(/\?(?:\s*,\s*\?)+/g, "?, …")
    .replace(/(\((?:\?|\?, …)\))(?:\s*,\s*\((?:\?|\?, …)\))+/g, "$1, …")
    .trim();
  const text = `${bare}${cut}`;
  return { text, fingerprint: createHash("sha256").update(text.toLowerCase()).digest("hex").slice(0, 12) };
}

function withoutValue({ kind, text, open }: SqlToken): string {
  if (kind === "string" || kind === "dollar" || kind === "number") return "?";
  if (kind === "line-comment" || kind === "block-comment") return " ";
  return open ? `${text}"` : text;
}

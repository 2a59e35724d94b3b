import { createHash } from "node:crypto";
import { readTokens, type SqlToken } from "../../migrations/sql-tokens.ts";

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
  const bare = readCut(statement)
    .map(withoutValue)
    .join("")
    // What a dollar opens and the cut left open.
    .replace(/\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$[\s\S]*$/, "?")
    .replace(/\s+/g, " ")
    .replace(/"[^"]*"|(?<![\w$])\d+(?:\.\d+)?(?:e[+-]?\d+)?\b/gi, (found) => (found.startsWith('"') ? found : "?"))
    .replace(/\?(?:\s*,\s*\?)+/g, "?, …")
    .replace(/(\((?:\?|\?, …)\))(?:\s*,\s*\((?:\?|\?, …)\))+/g, "$1, …")
    .trim();
  const text = `${bare}${cut}`;
  return { text, fingerprint: createHash("sha256").update(text.toLowerCase()).digest("hex").slice(0, 12) };
}

// What the cut left open is closed; where nothing helps, everything from the first quote on is left out.
function readCut(statement: string): readonly SqlToken[] {
  for (const end of ["", "'", "*/", '"']) {
    try {
      return readTokens(statement + end);
    } catch {}
  }
  return readTokens(statement.replace(/['"$/][\s\S]*$/, ""));
}

function withoutValue({ kind, text }: SqlToken): string {
  if (kind === "string" || kind === "dollar") return "?";
  return kind === "line-comment" || kind === "block-comment" ? " " : text;
}

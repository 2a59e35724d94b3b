import { SsotError } from "../model/errors.ts";

/** A piece of SQL text. `dollar` is a whole dollar-quoted string, `other` one character that means something by itself. */
export interface SqlToken {
  readonly kind: "space" | "line-comment" | "block-comment" | "string" | "name" | "dollar" | "word" | "other";
  readonly text: string;
}

// PostgreSQL's own lexical rules, with standard_conforming_strings on. A quote doubled inside a string reads as two strings
// side by side, hence the repetition. Block comments nest, and are read by hand.
const rules: readonly (readonly [kind: SqlToken["kind"], pattern: RegExp])[] = [
  ["space", /[ \t\n\r\f\v]+/y],
  ["line-comment", /--[^\n]*/y],
  ["string", /[eE](?:'(?:[^'\\]|\\[\s\S])*')+/y],
  ["string", /(?:'[^']*')+/y],
  ["name", /(?:"[^"]*")+/y],
  ["dollar", /\$(?<tag>(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?)\$[\s\S]*?\$\k<tag>\$/y],
  ["word", /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/y],
  ["other", /[^'"]/y],
];

/** Cuts SQL into tokens; put together they are the text again. Throws MIGRATION_FILES for an unfinished string or comment. */
export function readTokens(sql: string): readonly SqlToken[] {
  const tokens: SqlToken[] = [];
  for (let place = 0; place < sql.length; ) {
    const token = readToken(sql, place);
    tokens.push(token);
    place += token.text.length;
  }
  return tokens;
}

function readToken(sql: string, place: number): SqlToken {
  if (sql.startsWith("/*", place)) return { kind: "block-comment", text: sql.slice(place, endOfBlock(sql, place)) };
  for (const [kind, pattern] of rules) {
    pattern.lastIndex = place;
    const [text] = pattern.exec(sql) ?? [];
    if (text !== undefined) return { kind, text };
  }
  throw unfinished(sql, place);
}

function endOfBlock(sql: string, start: number): number {
  const edges = /\/\*|\*\//g;
  edges.lastIndex = start;
  let depth = 0;
  for (let edge = edges.exec(sql); edge !== null; edge = edges.exec(sql)) {
    depth += edge[0] === "/*" ? 1 : -1;
    if (depth === 0) return edges.lastIndex;
  }
  throw unfinished(sql, start);
}

function unfinished(sql: string, place: number): SsotError {
  const line = sql.slice(place).split("\n", 1)[0]?.slice(0, 60);
  return new SsotError("MIGRATION_FILES", `a migration holds a string or comment without an end: ${line}`);
}

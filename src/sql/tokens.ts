type TokenKind =
  | "space"
  | "line-comment"
  | "block-comment"
  | "string"
  | "dollar"
  | "number"
  | "parameter"
  | "name"
  | "word"
  | "other";

/**
 * A piece of SQL text. `dollar` is a whole dollar-quoted string, `name` one in double quotes, `word` any other name or key
 * word, `other` a character that means something by itself, or two dots.
 */
export interface SqlToken {
  readonly kind: TokenKind;
  readonly text: string;
  /** A string, name or comment that the text ends in the middle of. */
  readonly open: boolean;
}

const word = "[A-Za-z_\\u0080-\\uffff]";
// The quote that ends it is missing where nothing ends it.
const bits = "'[^']*";
const escaped = "'[^'\\\\]*(?:(?:''|\\\\[\\s\\S])[^'\\\\]*)*";
const nextLine = "[ \\t\\f\\v]*(?:--[^\\n\\r]*)?[\\n\\r](?:\\s|--[^\\n\\r]*[\\n\\r])*";

// PostgreSQL's own lexical rules, with standard_conforming_strings on. A string keeps its own rules where it goes on in the
// next line; one without a letter before it is read as two. Block comments nest, and are read by hand.
const rules: readonly (readonly [kind: TokenKind, pattern: RegExp])[] = [
  ["space", /[ \t\n\r\f\v]+/y],
  ["line-comment", /--[^\n\r]*/y],
  ["string", new RegExp(`[eE]${escaped}(?:'${nextLine}${escaped})*(?<end>'?)`, "y")],
  ["string", new RegExp(`[bBxX]${bits}(?:'${nextLine}${bits})*(?<end>'?)`, "y")],
  ["string", /'[^']*(?:''[^']*)*(?<end>'?)/y],
  ["name", /"[^"]*(?:""[^"]*)*(?<end>"?)/y],
  ["parameter", /\$\d+/y],
  [
    "dollar",
    new RegExp(`\\$(?<tag>(?:${word}[\\w\\u0080-\\uffff]*)?)\\$(?:[\\s\\S]*?(?<end>\\$\\k<tag>\\$)|[\\s\\S]*)`, "y"),
  ],
  ["word", new RegExp(`${word}[\\w$\\u0080-\\uffff]*`, "y")],
  // Of a loop from 1..9.
  ["other", /\.\./y],
  ["number", /0[xX][\da-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+/y],
  ["number", /(?:\d[\d_]*(?:\.(?!\.)[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d[\d_]*)?/y],
];

/** Cuts SQL into tokens; put together they are the text again. Only the last one can be open. */
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
  if (sql.startsWith("/*", place)) return readBlockComment(sql, place);
  for (const [kind, pattern] of rules) {
    pattern.lastIndex = place;
    const found = pattern.exec(sql);
    if (found === null) continue;
    const open = found.groups !== undefined && !found.groups.end;
    return { kind, text: open ? sql.slice(place) : found[0], open };
  }
  return { kind: "other", text: sql.slice(place, place + 1), open: false };
}

function readBlockComment(sql: string, start: number): SqlToken {
  const edges = /\/\*|\*\//g;
  edges.lastIndex = start;
  let depth = 0;
  for (let edge = edges.exec(sql); edge !== null; edge = edges.exec(sql)) {
    depth += edge[0] === "/*" ? 1 : -1;
    if (depth === 0) return { kind: "block-comment", text: sql.slice(start, edges.lastIndex), open: false };
  }
  return { kind: "block-comment", text: sql.slice(start), open: true };
}

/** Reads one character more; null ends the statement. `seen` is the end of the statement so far, that character included. */
type State = (character: string, seen: string) => State | null;

// As long as anything that is looked for.
const longest = 100;

/**
 * Cuts a file into statements by the rules of the Supabase CLI (pkg/parser/state.go and token.go), its weaknesses included:
 * a backslash hides the next character, and inside brackets a semicolon ends nothing.
 */
export function splitLikeSupabase(sql: string): readonly string[] {
  const statements: string[] = [];
  let state: State = ready;
  let begin = 0;
  let end = 0;
  for (const character of sql) {
    end += character.length;
    const next = state(character, sql.slice(Math.max(begin, end - longest), end));
    state = next ?? ready;
    if (next !== null) continue;
    statements.push(sql.slice(begin, end));
    begin = end;
  }
  return [...statements, sql.slice(begin)].map((text) => text.replace(/;+$/, "").trim()).filter((text) => text !== "");
}

const ready: State = (character, seen) => {
  switch (character) {
    case "$":
      return tag("$");
    case "'":
    case '"':
      return quoted(character, false);
    case "-":
      return (next, text) => (next === "-" ? until("\n") : ready(next, text));
    case "/":
      return block(0);
    case "\\":
      return () => ready;
    case ";":
      return null;
    case "(":
      return nested(ready, ")");
    default:
      return /(?<![\w$])begin\s+atomic$/i.test(seen) ? nested(ready, "END") : ready;
  }
};

const until =
  (delimiter: string): State =>
  (_, seen) =>
    seen.endsWith(delimiter) ? ready : until(delimiter);

const tag =
  (begun: string): State =>
  (character, seen) => {
    if (character === "$") return until(`${begun}$`);
    return /[\p{L}\p{Nd}_]/u.test(character) ? tag(begun + character) : ready(character, seen);
  };

const quoted =
  (delimiter: string, ended: boolean): State =>
  (character, seen) => {
    if (ended) return character === delimiter ? quoted(delimiter, false) : ready(character, seen);
    return quoted(delimiter, character === delimiter);
  };

const block =
  (depth: number): State =>
  (character, seen) => {
    if (seen.endsWith("/*")) return block(depth + 1);
    if (depth === 0) return ready(character, seen);
    if (!seen.endsWith("*/")) return block(depth);
    return depth === 1 ? ready : block(depth - 1);
  };

const nested =
  (inside: State, delimiter: string): State =>
  (character, seen) => {
    const next = inside(character, seen) ?? inside;
    return next === ready && seen.toUpperCase().endsWith(delimiter) ? ready : nested(next, delimiter);
  };

import { SsotError } from "../model/errors.ts";
import { readTokens, type SqlToken } from "../sql/tokens.ts";

/**
 * Rewrites SQL so that it survives the loss of its line ends and JSON's escapes, and means the same: line comments become
 * block comments, inside the bodies of functions and DO blocks as well; strings stay as they are. Throws MIGRATION_FILES
 * for what cannot be written so: a backslash, a control character, a string that goes on after a line end or never ends.
 */
export function toPlainSql(sql: string): string {
  const tokens = readTokens(sql);
  const plain: string[] = [];
  let before: SqlToken | undefined;
  // Where the line begins that is being written.
  let lineBegin = 0;
  let length = 0;
  const write = (text: string): void => {
    plain.push(text);
    const end = text.lastIndexOf("\n");
    if (end >= 0) lineBegin = length + end + 1;
    length += text.length;
  };
  for (let place = 0; place < tokens.length; place += 1) {
    const token = tokens[place];
    if (token === undefined) break;
    if (token.open) throw notPlain("a string, name or comment without an end", token.text);
    if (token.kind === "line-comment") {
      const lines = commentLines(tokens, place);
      write(blockComment(lines, length - lineBegin));
      place += (lines.length - 1) * 2;
    } else if (token.kind === "block-comment") {
      write(harmless(token.text));
    } else if (token.kind === "dollar" && /^(as|do)$/i.test(before?.text ?? "")) {
      const quote = token.text.slice(0, token.text.indexOf("$", 1) + 1);
      write(quote + toPlainSql(token.text.slice(quote.length, -quote.length)) + quote);
    } else {
      write(kept(token, before));
    }
    if (token.kind !== "space" && !token.kind.endsWith("comment")) before = token;
  }
  return plain.join("");
}

/** Words as a block comment; whatever would end it, or not survive JSON, is taken out of them. */
export function blockComment(lines: readonly string[], indent = 0): string {
  const words = lines.map((line) => harmless(line).replace(/(?<=\/)(?=\*)|(?<=\*)(?=\/)/g, " "));
  return `/* ${words.map((line) => line.trim()).join(`\n${" ".repeat(indent + 3)}`)} */`;
}

/** A dollar quote, `$name$` or longer, that the text does not hold. */
export function freeTag(sql: string, name: string): string {
  const tag = `$${name}$`;
  return sql.includes(tag) ? freeTag(sql, `${name}_`) : tag;
}

// The comment's lines, from `place` on, as long as nothing but one line end stands between them.
function commentLines(tokens: readonly SqlToken[], place: number): readonly string[] {
  const lines: string[] = [];
  for (let next = place; tokens[next]?.kind === "line-comment"; next += 2) {
    lines.push(tokens[next]?.text.slice(2) ?? "");
    if (!/^\n *$/.test(tokens[next + 1]?.text ?? "")) break;
  }
  return lines;
}

function kept({ kind, text }: SqlToken, before: SqlToken | undefined): string {
  const bad = /[\\\p{Cc}]/u.exec(text.replaceAll("\n", ""))?.[0];
  if (bad !== undefined) throw notPlain(`the character ${JSON.stringify(bad)} outside of comments`, text);
  const quoted = kind === "string" || kind === "dollar";
  if (quoted && /--[^\n]*\n/.test(text)) throw notPlain("a string with -- before a line end", text);
  if (quoted && (before?.kind === "string" || /^[bex][\s\S]*\n/i.test(text)))
    throw notPlain("a string that goes on after a line end", text);
  return text;
}

function harmless(comment: string): string {
  return comment.replaceAll("\\", "").replace(/[^\P{Cc}\n]/gu, " ");
}

function notPlain(what: string, where: string): SsotError {
  return new SsotError("MIGRATION_FILES", `a migration cannot be exported, it holds ${what}: ${where.slice(0, 60)}`);
}

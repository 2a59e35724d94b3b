// Controls (C0, C1, DEL), what turns or hides text without a width of its own, line and paragraph separators, and halves
// of a letter. The two joiners stay: names of people need them, and they steer nothing.
const unseen = /(?!\u200c|\u200d)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
const unseenInLines = /(?!\u200c|\u200d|\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/**
 * A text of somebody's on one line, such as a name that the database gave: what would steer a terminal, turn the
 * reading direction or begin a line is spelled out, as in `\n`, `\x1b` and `\u202e`.
 */
export function visible(text: string): string {
  return text.replace(unseen, spell);
}

/** The same for a text that has lines of its own, such as SQL: its line ends stay, and tabs that indent a line are blanks. */
export function visibleLines(text: string): string {
  return text.replace(/^\t+/gm, (tabs) => "  ".repeat(tabs.length)).replace(unseenInLines, spell);
}

const short: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

function spell(letter: string): string {
  const code = (letter.codePointAt(0) ?? 0).toString(16);
  if (code.length > 4) return `\\u{${code}}`;
  return short[letter] ?? (code.length > 2 ? `\\u${code.padStart(4, "0")}` : `\\x${code.padStart(2, "0")}`);
}

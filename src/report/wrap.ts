/**
 * Breaks a plain text between words so that no line is wider than `width`, `first` before the first line and `rest`
 * before every other. Line ends of the text stay, and the lines of a list (`  - …`) hang. A longer word is never cut,
 * and what `unbroken` made stays on one line.
 */
export function wrapText(
  text: string,
  options: { readonly width: number; readonly first?: string; readonly rest?: string },
): string {
  const { width, first = "", rest = first } = options;
  return text
    .split("\n")
    .flatMap((line, place) => {
      const lead = /^\s*(- )?/.exec(line)?.[0] ?? "";
      const before = place === 0 ? first : rest;
      return wrapLine(line.slice(lead.length), width, before + lead, rest + " ".repeat(lead.length));
    })
    .join("\n")
    .replaceAll(noBreak, " ");
}

/** A text that is to stay on one line, such as a command to run. */
export function unbroken(text: string): string {
  return text.replaceAll(" ", noBreak);
}

/** A command, its options apart, in lines that a shell reads as one: each as wide as `width` allows. */
export function breakCommand(parts: readonly string[], width: number): readonly string[] {
  const lines: string[] = [];
  for (const part of parts) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + part.length + 3 <= width) lines[lines.length - 1] = `${last} ${part}`;
    else lines.push(lines.length === 0 ? part : `  ${part}`);
  }
  return lines.map((line, place) => (place === lines.length - 1 ? line : `${line} \\`));
}

const noBreak = "\u00a0";

function wrapLine(text: string, width: number, first: string, rest: string): readonly string[] {
  const lines: string[] = [];
  let line = first;
  let empty = true;
  for (const word of text.split(/ +/)) {
    if (!empty && line.length + 1 + word.length > width) {
      lines.push(line);
      line = rest + word;
    } else {
      line += empty ? word : ` ${word}`;
    }
    empty = false;
  }
  return [...lines, line].map((each) => each.trimEnd());
}

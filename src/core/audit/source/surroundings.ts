/** How far from a line its table is looked for, in lines. */
const near = 12;
/** Lines that are looked at above a line for what it stands in. */
const most = 2_000;

/** The lines within a few of this one, itself included, as one text. */
export function linesAround(lines: readonly string[], at: number): string {
  return lines.slice(Math.max(0, at - near), at + near + 1).join("\n");
}

/**
 * The line with all that it stands in, outermost first: lines above that are indented less, each less than the one below, with the
 * decorators over it. What is closed again is left out.
 */
export function pathTo(lines: readonly string[], at: number): string {
  const path = [lines[at] ?? ""];
  let indent = indentOf(path[0] ?? "");
  for (let n = at - 1; n >= 0 && n > at - most && indent > 0; n -= 1) {
    const line = lines[n] ?? "";
    if (line.trim() === "" || /^[\s})\];,]+$/.test(line)) continue;
    const own = indentOf(line);
    const decorates = own === indent && /^\s*[@[#]/.test(line) && path[0] !== lines[at];
    if (own >= indent && !decorates) continue;
    path.unshift(line);
    indent = Math.min(indent, own);
  }
  return [...decoratorsOver(lines, at), ...outerDecorators(lines, path[0] ?? "", at), ...path].join("\n");
}

function indentOf(line: string): number {
  const [blanks = ""] = /^\s*/.exec(line) ?? [];
  return blanks.replaceAll("\t", "    ").length;
}

// @Column({ name: "caller_name" }) stands over the property.
function decoratorsOver(lines: readonly string[], at: number): readonly string[] {
  const found: string[] = [];
  for (let n = at - 1; n >= 0 && /^\s*@/.test(lines[n] ?? ""); n -= 1) found.unshift(lines[n] ?? "");
  return found;
}

// @Entity("calls") stands over the class.
function outerDecorators(lines: readonly string[], outermost: string, at: number): readonly string[] {
  const start = lines.lastIndexOf(outermost, at);
  return start < 0 || start === at ? [] : decoratorsOver(lines, start);
}

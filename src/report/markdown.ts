/** A table, its first column to the left and the others to the right, or all to the left. */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  align: "left" | "right" = "right",
): readonly string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [
    line(head),
    line(head.map((_, place) => (place === 0 || align === "left" ? "---" : "--:"))),
    ...rows.map(line),
  ];
}

/** Text in which nothing is markup. */
export function escapeText(text: string): string {
  return text.replace(/\s+/g, " ").replace(/[\\`*_{}[\]<>#|~@]/g, "\\$&");
}

/** A code span: inside it nothing is markup but its own fence. */
export function code(text: string): string {
  return `\`${text.replace(/\s+/g, " ").replaceAll("`", "'").replaceAll("|", "\\|")}\``;
}

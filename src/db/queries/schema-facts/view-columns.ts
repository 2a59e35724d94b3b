/**
 * The text of a view's query as pg_get_viewdef gives it, the columns of its outermost SELECT sorted: those of a column that was dropped and
 * came back are the last of a view as they are of a table. A text that is laid out in another way stays as it is. Pure.
 */
export function sortViewColumns(definition: string): string {
  const lines = definition.split("\n");
  const end = lines.findIndex((line) => /^ {3}FROM /.test(line));
  const head = /^ SELECT (?!DISTINCT)/.exec(lines[0] ?? "");
  if (end < 1 || head === null) return definition;
  const list = [(lines[0] ?? "").slice(head[0].length), ...lines.slice(1, end)].map((line) => line.trim()).join("\n");
  const sorted = list.split(",\n").toSorted();
  return [`${head[0]}${sorted.join(",\n")}`, ...lines.slice(end)].join("\n");
}

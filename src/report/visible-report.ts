import { visible, visibleLines } from "../model/visible.ts";

/**
 * The same report with every text in it made visible, so that no renderer has to think of names that steer a terminal, and
 * widths are counted of what is shown. Lines stay in `sql` alone: elsewhere a line end can only be somebody's.
 */
export function visibleReport<R>(report: R): R {
  return show(report, "") as R;
}

function show(value: unknown, key: string): unknown {
  if (typeof value === "string") return key === "sql" ? visibleLines(value) : visible(value);
  if (Array.isArray(value)) return value.map((each: unknown) => show(each, key));
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [visible(name), show(each, name)]));
}

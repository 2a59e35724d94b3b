const bars = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

/** A small chart, one character a value: the lowest bar for the least above none, a blank for none. */
export function sparkline(values: readonly number[]): string {
  const most = Math.max(...values, 1);
  return values.map((value) => (value <= 0 ? " " : (bars[Math.ceil((value / most) * bars.length) - 1] ?? ""))).join("");
}

/** The days from `since` to `until` in UTC, both included: `2026-02-09`. */
export function daysBetween(since: Date, until: Date): readonly string[] {
  const days: string[] = [];
  for (let day = Date.UTC(since.getUTCFullYear(), since.getUTCMonth(), since.getUTCDate()); day <= until.getTime(); ) {
    days.push(new Date(day).toISOString().slice(0, 10));
    day += 86_400_000;
  }
  return days;
}

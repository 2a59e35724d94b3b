const most = 10;

/** The lines that only one of two snapshots has, marked `-` (only the first) and `+` (only the second): the first ten. */
export function differences(before: string, after: string): readonly string[] {
  const counts = new Map<string, number>();
  for (const line of before.split("\n")) counts.set(line, (counts.get(line) ?? 0) + 1);
  for (const line of after.split("\n")) counts.set(line, (counts.get(line) ?? 0) - 1);
  const found = [...counts].flatMap(([line, count]) => {
    const mark = count > 0 ? "-" : "+";
    return Array.from({ length: Math.abs(count) }, () => `${mark} ${line}`);
  });
  return found.length <= most ? found : [...found.slice(0, most), `and ${found.length - most} more`];
}

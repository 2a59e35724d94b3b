/** The lock modes of a table from the weakest on, as pg_locks has them and as SQL has them. */
const modes = [
  ["AccessShareLock", "ACCESS SHARE", "nothing but ACCESS EXCLUSIVE"],
  ["RowShareLock", "ROW SHARE", "locks of the whole table"],
  ["RowExclusiveLock", "ROW EXCLUSIVE", "index builds and locks of the whole table"],
  ["ShareUpdateExclusiveLock", "SHARE UPDATE EXCLUSIVE", "changes of the table, its vacuum"],
  ["ShareLock", "SHARE", "writes"],
  ["ShareRowExclusiveLock", "SHARE ROW EXCLUSIVE", "writes"],
  ["ExclusiveLock", "EXCLUSIVE", "writes"],
  ["AccessExclusiveLock", "ACCESS EXCLUSIVE", "reads and writes"],
] as const;

const firstThatStops = 4;

const placeOf = (mode: string): number => modes.findIndex(([name]) => name === mode);

/** As SQL writes it. */
export function nameOfMode(mode: string): string {
  return modes[placeOf(mode)]?.[1] ?? mode;
}

/** What waits while it is held. */
export function blockedBy(mode: string): string {
  return modes[placeOf(mode)]?.[2] ?? "unknown";
}

/** Whether statements of live traffic wait for it. */
export function stopsTraffic(mode: string): boolean {
  return placeOf(mode) >= firstThatStops;
}

/** The stronger one first. */
export function byStrength(a: string, b: string): number {
  return placeOf(b) - placeOf(a);
}

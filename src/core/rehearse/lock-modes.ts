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

const firstBeyondReading = 2;
const firstThatStops = 4;

const placeOf = (mode: string): number => modes.findIndex(([name]) => name === mode);

/** The strongest mode that a migration file says a step takes: `ACCESS EXCLUSIVE on calls`. Undefined: none beyond reading. */
export function modeNamed(text: string): string | undefined {
  const named = [...text.matchAll(anyMode)].flatMap(([word]) => modes.findIndex(([, name]) => name === word));
  const strongest = Math.max(-1, ...named);
  return strongest < firstBeyondReading ? undefined : modes[strongest]?.[0];
}

// The longer ones first: one is the end of another.
const anyMode = new RegExp(
  `\\b(${modes
    .map(([, name]) => name)
    .toSorted((a, b) => b.length - a.length)
    .join("|")})\\b`,
  "g",
);

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

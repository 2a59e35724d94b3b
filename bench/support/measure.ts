/** How long some work took, in ms, and what it gave. */
export async function timed<Result>(work: () => Promise<Result>): Promise<readonly [ms: number, result: Result]> {
  const began = performance.now();
  const result = await work();
  return [performance.now() - began, result];
}

/** The value below which `share` of the values lie, 0 to 1. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  if (value === undefined) throw new Error("no value was measured");
  return value;
}

/** Runs each way once a round, in an order that turns round every time (A B, B A), and gives their times in ms. */
export async function takeTurns<Way extends string>(
  ways: Readonly<Record<Way, () => Promise<unknown>>>,
  rounds: number,
): Promise<Readonly<Record<Way, readonly number[]>>> {
  const names = Object.keys(ways) as Way[];
  const times = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Way, number[]>;
  for (let round = 0; round < rounds; round += 1) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const [ms] = await timed(ways[name]);
      times[name].push(ms);
    }
  }
  return times;
}

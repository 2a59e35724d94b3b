import { quantile } from "../../src/core/rehearse/load/quantile.ts";

export { quantile };
/** How long some work took, in ms, and what it gave. */
export async function timed<Result>(work: () => Promise<Result>): Promise<readonly [ms: number, result: Result]> {
  const began = performance.now();
  const result = await work();
  return [performance.now() - began, result];
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

export function least(values: readonly number[]): number {
  return quantile(values, 0);
}

/** Runs each way once a round, in an order that turns round every time (A B, B A), and gives what each gave. */
export async function collectTurns<Way extends string, Result>(
  ways: Readonly<Record<Way, () => Promise<Result>>>,
  rounds: number,
): Promise<Readonly<Record<Way, readonly Result[]>>> {
  const names = Object.keys(ways) as Way[];
  const given = Object.fromEntries(names.map((name) => [name, [] as Result[]])) as Record<Way, Result[]>;
  for (let round = 0; round < rounds; round += 1) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) given[name].push(await ways[name]());
  }
  return given;
}

/** The same with the time that each way took, in ms. */
export async function takeTurns<Way extends string>(
  ways: Readonly<Record<Way, () => Promise<unknown>>>,
  rounds: number,
): Promise<Readonly<Record<Way, readonly number[]>>> {
  const clocked = Object.fromEntries(
    Object.entries<() => Promise<unknown>>(ways).map(([name, work]) => [name, async () => (await timed(work))[0]]),
  ) as Record<Way, () => Promise<number>>;
  return collectTurns(clocked, rounds);
}

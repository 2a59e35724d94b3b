import type { DirectionCoverage } from "./coverage.ts";
import type { Finding, Look } from "./define.ts";

/**
 * Compares the share of linked calls, of those that can be linked, with the last recorded run that was good: a fall that was
 * recorded stays a fall. That nothing can be linked any more, although there are calls, is one, too.
 */
export async function compareWithLastRun({ coverage, recorded: last, threshold }: Look): Promise<Finding> {
  const now = coverage();
  if (now === undefined) return { population: 0, broken: 0, skip: "the calls could not be counted" };
  if (last === undefined) {
    return { population: 0, broken: 0, skip: "no good run was recorded yet: ssot verify --record" };
  }
  const fallen = now.directions.flatMap((direction) => {
    const before = last.coverage.directions.find((other) => other.direction === direction.direction);
    const was = before === undefined ? undefined : shareOf(before);
    const is = shareOf(direction) ?? (direction.total === 0 ? was : 0);
    if (was === undefined || is === undefined || was - is <= threshold) return [];
    return [{ direction: direction.direction, before: was, now: is }];
  });
  return {
    population: last.coverage.directions.length,
    broken: fallen.length,
    rows: fallen,
    expected: `not more than ${(100 * threshold).toFixed(1)} points below ${last.recordedAt.toISOString().slice(0, 16)}Z`,
    actual: fallen.length === 0 ? "none has fallen" : `${fallen.length} fell`,
  };
}

function shareOf({ linkable, linkableLinked }: DirectionCoverage): number | undefined {
  return linkable === 0 ? undefined : linkableLinked / linkable;
}

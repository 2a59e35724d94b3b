import type { DirectionCoverage } from "./coverage.ts";
import type { Finding, Look } from "./define.ts";
import { listRecordedRuns } from "./records.ts";

// Withheld numbers come and go: of all calls, linkable or not, a share may fall by so much.
const swing = 0.05;

/**
 * Compares the shares of linked calls, of those that can be linked and of all, with the last recorded run that was good:
 * a fall that was recorded stays a fall. That nothing can be linked any more is one, too.
 */
export async function compareWithLastRun({ sql, scope, coverage, threshold }: Look): Promise<Finding> {
  const now = coverage();
  if (now === undefined) return { population: 0, broken: 0, skip: "the calls could not be counted" };
  const last = (await listRecordedRuns(sql, scope, mostRuns)).findLast(({ ok }) => ok);
  if (last === undefined) {
    return { population: 0, broken: 0, skip: "no good run was recorded yet: ssot verify --record" };
  }
  const fallen = now.directions.flatMap((direction) => {
    const before = last.coverage.directions.find((other) => other.direction === direction.direction);
    if (before === undefined) return [];
    return measures.flatMap(({ of, share, mayFall }) => {
      const was = share(before);
      const is = share(direction) ?? 0;
      const fell = was !== undefined && was - is > threshold + mayFall;
      return fell ? [{ direction: direction.direction, of, before: was, now: is }] : [];
    });
  });
  return {
    population: last.coverage.directions.length,
    broken: fallen.length,
    rows: fallen,
    expected: `not more than ${(100 * threshold).toFixed(1)} points below ${last.recordedAt.toISOString().slice(0, 16)}Z`,
    actual: fallen.length === 0 ? "none has fallen" : `${fallen.length} fell`,
  };
}

const mostRuns = 90;

const measures = [
  {
    of: "linkable",
    share: ({ linkable, linkableLinked }: DirectionCoverage) =>
      linkable === 0 ? undefined : linkableLinked / linkable,
    mayFall: 0,
  },
  {
    of: "all",
    share: ({ total, linked }: DirectionCoverage) => (total === 0 ? undefined : linked / total),
    mayFall: swing,
  },
] as const;

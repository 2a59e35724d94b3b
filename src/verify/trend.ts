import type { DirectionCoverage } from "./coverage.ts";
import type { Finding, Look } from "./define.ts";
import { listRecordedRuns } from "./records.ts";

/** Compares the share of linked calls, of those that can be linked, with the last recorded run's. */
export async function compareWithLastRun({ sql, scope, coverage, threshold }: Look): Promise<Finding> {
  const now = coverage();
  if (now === undefined) return { population: 0, broken: 0, skip: "the calls could not be counted" };
  const last = (await listRecordedRuns(sql, scope, 1)).at(-1);
  if (last === undefined) {
    return { population: 0, broken: 0, skip: "no run was recorded yet: ssot verify --record" };
  }
  const fallen = now.directions.flatMap((direction) => {
    const before = last.coverage.directions.find((other) => other.direction === direction.direction);
    const was = before === undefined ? undefined : shareOf(before);
    const is = shareOf(direction);
    if (was === undefined || is === undefined || was - is <= threshold) return [];
    return [{ direction: direction.direction, before: was, now: is }];
  });
  return {
    population: last.coverage.directions.length,
    broken: fallen.length,
    rows: fallen,
    expected: `not more than ${(100 * threshold).toFixed(1)} points below ${last.recordedAt.toISOString().slice(0, 16)}Z`,
    actual: fallen.length === 0 ? "none has fallen" : `${fallen.length} of ${last.coverage.directions.length} fell`,
  };
}

/** Linked of linkable, 0–1; undefined where nothing can be linked. */
function shareOf({ linkable, linkableLinked }: DirectionCoverage): number | undefined {
  return linkable === 0 ? undefined : linkableLinked / linkable;
}

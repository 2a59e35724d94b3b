import { type Backfill, runBackfill } from "../backfill/run-backfill.ts";
import type { BenchContext, BenchRow, Figure, Size } from "../row.ts";
import { generated, onClone, small, times } from "../support/databases.ts";
import { least } from "../support/measure.ts";

/** Microseconds a call of the whole migration, and a linked call of its step alone: the first has a fixed part. */
interface Cost {
  readonly size: string;
  readonly whole: number;
  readonly link: number;
}

async function costOf(context: BenchContext, name: string, size: Size, rounds: number): Promise<Cost> {
  const server = await context.server();
  const source = await generated(server, size, false);
  const runs: Backfill[] = [];
  for (let round = 0; round < rounds; round += 1) {
    runs.push(await onClone(server, source, (database) => runBackfill(server, database)));
  }
  return {
    size: name,
    whole: (1000 * least(runs.map(({ ms }) => ms))) / size.calls,
    link: 1000 * least(runs.map(({ linkMs, linked }) => linkMs / linked)),
  };
}

export const backfillGrowth: BenchRow = {
  id: "backfill-growth",
  measures: "time a row of migration 1 on M, and with --large on L",
  against: "the same on S",
  run: async (context) => {
    const rounds = context.rounds ?? 3;
    const first = await costOf(context, "S", small, rounds);
    const others = [await costOf(context, "M", context.size, rounds)];
    if (context.large) others.push(await costOf(context, "L", times(context.size, 5), rounds));
    const goal = { atMost: 1.2 };
    return [
      ...others.flatMap(({ size, whole, link }): Figure[] => [
        { what: `${size} / S, migration 1 whole, a call`, value: whole / first.whole, unit: "x", goal },
        { what: `${size} / S, link_calls alone, a linked call`, value: link / first.link, unit: "x", goal },
      ]),
      ...[first, ...others].flatMap(({ size, whole, link }): Figure[] => [
        { what: `${size}: migration 1 whole, a call`, value: whole, unit: "us" },
        { what: `${size}: link_calls alone, a linked call`, value: link, unit: "us" },
      ]),
    ];
  },
};

import type { BenchRow, Result } from "../row.ts";
import { least, median, takeTurns } from "../support/measure.ts";
import { cli, runProgram } from "../support/run-program.ts";

export const demo: BenchRow = {
  id: "demo",
  measures: "ssot demo after install, its own PostgreSQL included",
  against: "nothing",
  run: async (context): Promise<readonly Result[]> => {
    const { demo: times } = await takeTurns(
      { demo: () => runProgram(process.execPath, [cli, "demo"]) },
      context.rounds ?? 5,
    );
    return [
      { what: "ssot demo, median", value: median(times) / 1000, unit: "s", goal: { atMost: 10 } },
      { what: "ssot demo, least", value: least(times) / 1000, unit: "s" },
    ];
  },
};

import { readConfiguration } from "../../src/core/configuration.ts";
import { type VerifyReport, verify } from "../../src/core/verify.ts";
import type { BenchRow, Result } from "../row.ts";
import { migrated } from "../support/databases.ts";
import { least, takeTurns } from "../support/measure.ts";
import { oneQuery, separateQueries } from "../verify/figures.ts";

export const verifyScan: BenchRow = {
  id: "verify-scan",
  measures: "ssot verify on M with dirt, all suites",
  against: "one hand-written query with all aggregates over the same join; the same as separate queries",
  run: async (context): Promise<readonly Result[]> => {
    const server = await context.server();
    const database = await migrated(server, context.size, true);
    const sql = server.open(database);
    // What a session of verify has.
    await sql`set work_mem = '64MB'`;
    const { tenantRole, tenantSettings } = (await readConfiguration(undefined, "/")).verify;
    let report: VerifyReport | undefined;
    const times = await takeTurns(
      {
        ours: async () => {
          report = await verify({
            target: server.target(database),
            suites: [],
            thresholds: new Map(),
            settings: { tenantRole, tenantSettings, dashboard: undefined },
            readOnly: false,
            record: false,
            failOn: "fail",
            showRows: false,
            timeoutSeconds: 600,
          });
        },
        one: () => sql.unsafe(oneQuery),
        separate: async () => {
          for (const query of separateQueries) await sql.unsafe(query);
        },
      },
      context.rounds ?? 5,
    );
    await sql.end();
    if (report === undefined || report.counts.error > 0 || report.counts.fail > 0)
      throw new Error(`a check did not hold: ${JSON.stringify(report?.counts)}`);
    const asked = Object.values(report.counts).reduce((sum, n) => sum + n, 0) - report.counts.skip;
    const [ours, one, separate] = [least(times.ours), least(times.one), least(times.separate)];
    return [
      { what: "ssot verify / one query", value: ours / one, unit: "x", goal: { atMost: 1.5 } },
      { what: "ssot verify / separate queries", value: ours / separate, unit: "x", goal: { atMost: 0.6 } },
      { what: `ssot verify, ${asked} checks`, value: ours / 1000, unit: "s" },
      { what: "one query", value: one / 1000, unit: "s" },
      { what: `${separateQueries.length} separate queries`, value: separate / 1000, unit: "s" },
    ];
  },
};

import type { BenchRow, Result } from "../row.ts";
import { migrated, small } from "../support/databases.ts";
import { median, takeTurns } from "../support/measure.ts";
import { cli, runProgram } from "../support/run-program.ts";

// What a program does at the least that asks a database one question.
const oneQuery = `
  import postgres from "postgres";
  const sql = postgres(process.env.DATABASE_URL, { max: 1 });
  await sql\`select 1\`;
  await sql.end();`;

export const cliStart: BenchRow = {
  id: "cli-start",
  measures: "ssot --version; ssot status",
  against: "node -e 0; node with one connection and one query",
  run: async (context): Promise<readonly Result[]> => {
    const server = await context.server();
    const environment = { DATABASE_URL: server.url(await migrated(server, small, false)) };
    const ways = {
      bare: () => runProgram(process.execPath, ["-e", "0"]),
      version: () => runProgram(process.execPath, [cli, "--version"]),
      query: () => runProgram(process.execPath, ["--input-type=module", "-e", oneQuery], environment),
      status: () => runProgram(process.execPath, [cli, "status"], environment),
    };
    await takeTurns(ways, 2);
    const times = await takeTurns(ways, context.rounds ?? 20);
    const [bare, version, query, status] = [times.bare, times.version, times.query, times.status].map(median);
    if (bare === undefined || version === undefined || query === undefined || status === undefined)
      throw new Error("nothing was measured");
    return [
      { what: "ssot --version / node -e 0", value: version / bare, unit: "x", goal: { atMost: 1.5 } },
      { what: "ssot status / one connection and one query", value: status / query, unit: "x", goal: { atMost: 1.5 } },
      { what: "node -e 0", value: bare, unit: "ms" },
      { what: "ssot --version", value: version, unit: "ms" },
      { what: "node with one connection and one query", value: query, unit: "ms" },
      { what: "ssot status", value: status, unit: "ms" },
    ];
  },
};

import type { BenchRow, Result } from "../row.ts";
import { generated, onClone, small } from "../support/databases.ts";
import { cli, runProgram } from "../support/run-program.ts";

// Loaded before the command: the last thing that the process prints is how much memory it had at most, in KB.
const watch = `data:text/javascript,${encodeURIComponent(
  'import { writeSync } from "node:fs"; process.on("exit", () => { writeSync(1, "\\npeak " + process.resourceUsage().maxRSS); });',
)}`;

/** The most memory that a command had, in MB. */
async function peakOf(url: string, options: readonly string[]): Promise<number> {
  const output = await runProgram(process.execPath, ["--import", watch, cli, ...options], { DATABASE_URL: url });
  const [, kilobytes] = /\npeak (\d+)$/.exec(output) ?? [];
  if (kilobytes === undefined) throw new Error("the command did not tell its memory");
  return Number(kilobytes) / 1024;
}

export const memory: BenchRow = {
  id: "memory",
  measures: "peak memory of ssot migrate and ssot verify on M with dirt",
  against: "the same on S",
  run: async (context): Promise<readonly Result[]> => {
    const server = await context.server();
    const peaks = async (size: { calls: number; contacts: number }) =>
      onClone(server, await generated(server, size, true), async (database) => {
        const url = server.url(database);
        return { migrate: await peakOf(url, ["migrate", "--yes"]), verify: await peakOf(url, ["verify"]) };
      });
    const [s, m] = [await peaks(small), await peaks(context.size)];
    const goal = { atMost: 1.2 };
    return [
      { what: "ssot migrate: M / S", value: m.migrate / s.migrate, unit: "x", goal },
      { what: "ssot verify: M / S", value: m.verify / s.verify, unit: "x", goal },
      { what: "ssot migrate on S", value: s.migrate, unit: "MB" },
      { what: "ssot migrate on M", value: m.migrate, unit: "MB" },
      { what: "ssot verify on S", value: s.verify, unit: "MB" },
      { what: "ssot verify on M", value: m.verify, unit: "MB" },
    ];
  },
};

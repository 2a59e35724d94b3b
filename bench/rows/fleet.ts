import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BenchRow, Result } from "../row.ts";
import { migrated } from "../support/databases.ts";
import { cli, runProgram } from "../support/run-program.ts";
import type { BenchServer } from "../support/server.ts";

// Loaded into every process of the fleet: the last thing that each does is to keep how much memory it had at most, in KB.
const watch = `data:text/javascript,${encodeURIComponent(
  'import { appendFileSync } from "node:fs"; process.on("exit", () => { appendFileSync(process.env.PEAKS, process.argv[1] + " " + process.resourceUsage().maxRSS + "\\n"); });',
)}`;

const [few, many] = [100, 1000];
/** Databases that the row makes for its length. */
const nameOf = (place: number): string => `bench_fleet_${place}`;

interface Run {
  readonly seconds: number;
  /** Of the fleet's own process. */
  readonly ownMB: number;
  /** Of the largest of those that work on targets; 0: there was none. */
  readonly workerMB: number;
}

/** Runs a fleet over the first `count` databases. */
async function runFleet(server: BenchServer, words: readonly string[], count: number): Promise<Run> {
  const folder = mkdtempSync(join(tmpdir(), "ssot-bench-fleet-"));
  try {
    const list = join(folder, "fleet.txt");
    const peaks = join(folder, "peaks");
    const lines = Array.from({ length: count }, (_, place) => `t${place} ${server.url(nameOf(place))}`);
    writeFileSync(list, lines.join("\n"));
    const began = performance.now();
    await runProgram(process.execPath, [cli, "fleet", ...words, "--targets", list, "--quiet", "--json"], {
      NODE_OPTIONS: `--import=${watch}`,
      PEAKS: peaks,
    });
    const seconds = (performance.now() - began) / 1000;
    return { seconds, ...peaksOf(readFileSync(peaks, "utf8")) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function peaksOf(text: string): Omit<Run, "seconds"> {
  const peaks = text
    .trim()
    .split("\n")
    .map((line) => /^(.*) (\d+)$/.exec(line) ?? []);
  const most = (isOwn: boolean): number =>
    Math.max(
      0,
      ...peaks.filter(([, program]) => program?.endsWith("ssot.js") === isOwn).map(([, , kb]) => Number(kb) / 1024),
    );
  return { ownMB: most(true), workerMB: most(false) };
}

export const fleet: BenchRow = {
  id: "fleet",
  measures: `ssot fleet migrate and status over ${many} databases, all of them done`,
  against: `the same over ${few}`,
  run: async (context): Promise<readonly Result[]> => {
    const server = await context.server();
    const source = await migrated(server, { calls: 1000, contacts: 250 }, false);
    for (let place = 0; place < many; place += 1) {
      if (!(await server.has(nameOf(place)))) await server.clone(nameOf(place), source);
    }
    try {
      const measure = async (words: readonly string[]) => {
        const least = await runFleet(server, words, few);
        const most = await runFleet(server, words, many);
        return { least, most };
      };
      const migrate = await measure(["migrate"]);
      const status = await measure(["status"]);
      const goal = { atMost: many / few };
      return [
        ...Object.entries({ migrate, status }).flatMap(([command, { least, most }]) => {
          const what = `fleet ${command}: ${many} / ${few} targets`;
          return [
            { what: `${what}, time`, value: most.seconds / least.seconds, unit: "x" as const, goal },
            { what: `${what}, memory`, value: most.ownMB / least.ownMB, unit: "x" as const, goal },
          ];
        }),
        { what: `fleet migrate over ${many}, nothing to do`, value: migrate.most.seconds, unit: "s" },
        { what: `fleet status over ${many}`, value: status.most.seconds, unit: "s" },
        { what: `memory of fleet migrate over ${many}`, value: migrate.most.ownMB, unit: "MB" },
        { what: `memory of fleet status over ${many}`, value: status.most.ownMB, unit: "MB" },
        { what: `memory of the largest process of fleet status over ${few}`, value: status.least.workerMB, unit: "MB" },
        { what: `memory of the largest process of fleet status over ${many}`, value: status.most.workerMB, unit: "MB" },
      ];
    } finally {
      for (let place = 0; place < many; place += 1) await server.drop(nameOf(place));
    }
  },
};

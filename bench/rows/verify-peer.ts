import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadSeedCase } from "../../fixtures/seed-case.ts";
import { migrate } from "../../src/core/migrate.ts";
import { packageRoot } from "../../src/model/package-root.ts";
import { claims } from "../peers/claims.ts";
import { writePeers } from "../peers/write-peers.ts";
import type { BenchRow, Result } from "../row.ts";
import { median, takeTurns } from "../support/measure.ts";
import { migrateOptions } from "../support/run-options.ts";
import { cli, runProgram } from "../support/run-program.ts";
import { type BenchServer, startBenchServer } from "../support/server.ts";

// Debian's server: pgTAP is an extension, and the server from npm comes without it.
const binaries = "/usr/lib/postgresql/15";
const extension = "/usr/share/postgresql/15/extension/pgtap.control";

const has = (program: string): boolean => spawnSync(program, ["--version"]).status === 0;

/** Whole processes, each with one database of the demo's data, asked as a pipeline would ask. */
async function measure(server: BenchServer, directory: string, rounds: number): Promise<readonly Result[]> {
  const database = "bench_peer";
  await server.createEmpty(database);
  const sql = server.open(database);
  await sql.file(join(packageRoot(), "fixtures/base-schema.sql"));
  await loadSeedCase(sql);
  await migrate(migrateOptions(server, database));
  await sql`create extension pgtap`;
  await sql.end();
  const { host, port, user, password } = server.target(database);
  const tests = writePeers(directory);
  const login = { PGHOST: host, PGPORT: String(port), PGUSER: user, PGPASSWORD: password ?? "", PGDATABASE: database };
  const withProve = has("pg_prove");
  const withSqitch = has("sqitch");
  const sqitch = (verb: string, ...options: string[]) =>
    runProgram(
      "sqitch",
      [
        "--chdir",
        join(directory, "sqitch"),
        verb,
        "--target",
        `db:pg://${user}@${host}:${port}/${database}`,
        ...options,
      ],
      { ...login, SQITCH_FULLNAME: "Bench", SQITCH_EMAIL: "bench@example.org" },
    );
  if (withSqitch) await sqitch("deploy", "--log-only");
  const ways: Readonly<Record<string, () => Promise<unknown>>> = {
    ours: () => runProgram(process.execPath, [cli, "verify"], { DATABASE_URL: server.url(database) }),
    ...(withProve && { prove: () => runProgram("pg_prove", [...tests], login) }),
    ...(withSqitch && { sqitch: () => sqitch("verify") }),
  };
  await takeTurns(ways, 1);
  const times = await takeTurns(ways, rounds);
  const ours = median(times.ours ?? []);
  const against = (name: string, program: string): readonly Result[] => {
    const theirs = times[name];
    if (theirs === undefined) return [{ what: `ssot verify / ${program}`, notRun: `${program} is missing` }];
    return [
      {
        what: `ssot verify / ${program}`,
        value: ours / median(theirs),
        unit: "x",
        goal: { atMost: program === "pg_prove" ? 0.6 : 1 },
      },
      { what: `${program}, ${claims.length} of the claims`, value: median(theirs), unit: "ms" },
    ];
  };
  return [
    ...against("prove", "pg_prove"),
    ...against("sqitch", "sqitch verify"),
    { what: "ssot verify, all suites", value: ours, unit: "ms" },
  ];
}

export const verifyPeer: BenchRow = {
  id: "verify-peer",
  measures: "ssot verify on the demo's data, the whole process",
  against: "pgTAP's pg_prove, and sqitch verify, on the same claims as far as plain SQL can ask them",
  run: async (context): Promise<readonly Result[]> => {
    if (!existsSync(extension)) return [{ what: "all", notRun: "Debian's postgresql-15-pgtap is missing" }];
    const directory = mkdtempSync(join(tmpdir(), "ssot-bench-peers-"));
    const server = await startBenchServer({ binaries });
    try {
      return await measure(server, directory, context.rounds ?? 10);
    } finally {
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
    }
  },
};

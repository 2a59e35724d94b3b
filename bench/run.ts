// npm run bench [-- NAME… | --list] [--calls N] [--contacts N] [--large] [--rounds N] [--keep DIR] [--binaries DIR]
// Measures rows of docs/performance.md side by side with what they are held against, prints each figure with its goal,
// and writes bench/results/NAME.json. A missed goal is only said; the run fails where a row could not run. With the PostgreSQL
// of DIR, which has bin/, lib/ and share/, the file is NAME.MAJOR.json.
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { packageRoot } from "../src/model/package-root.ts";
import type { BenchContext, BenchRow, Result } from "./row.ts";
import { rows } from "./rows/index.ts";
import { type BenchServer, startBenchServer } from "./support/server.ts";
import { tellResult } from "./support/tell.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    calls: { type: "string", default: "1000000" },
    contacts: { type: "string" },
    large: { type: "boolean", default: false },
    rounds: { type: "string" },
    keep: { type: "string" },
    binaries: { type: "string" },
    list: { type: "boolean", default: false },
  },
});
const unknown = positionals.filter((name) => !rows.some(({ id }) => id === name));
if (unknown.length > 0)
  throw new Error(`no such row: ${unknown.join(", ")}; there are ${rows.map(({ id }) => id).join(", ")}`);
const wanted = rows.filter(({ id }) => positionals.length === 0 || positionals.includes(id));

const machine = `${cpus().length} x ${cpus()[0]?.model ?? "?"}, ${Math.round(totalmem() / 2 ** 30)} GB, Node ${process.versions.node}`;
const calls = Number(values.calls);
let server: Promise<BenchServer> | undefined;
const context: BenchContext = {
  size: { calls, contacts: Number(values.contacts ?? calls / 4) },
  large: values.large,
  rounds: values.rounds === undefined ? undefined : Number(values.rounds),
  server: () => {
    server ??= startBenchServer({
      directory: values.keep,
      ...(values.binaries !== undefined && { binaries: values.binaries }),
    });
    return server;
  },
  say: (line) => process.stderr.write(`  ${line}\n`),
};

/** The row's results; what it throws is one, too, so that the others still run. */
async function resultsOf(row: BenchRow): Promise<readonly Result[]> {
  try {
    return await row.run(context);
  } catch (error) {
    console.error(error);
    return [{ what: "all", notRun: error instanceof Error ? error.message : String(error) }];
  }
}

if (values.list) {
  for (const { id, measures, against } of wanted) console.log(`${id.padEnd(16)} ${measures}; against ${against}`);
} else {
  const directory = join(packageRoot(), "bench", "results");
  mkdirSync(directory, { recursive: true });
  try {
    for (const row of wanted) {
      console.log(`\n${row.id}: ${row.measures}, against ${row.against}`);
      const results = await resultsOf(row);
      for (const result of results) console.log(tellResult(result));
      if (results.some((result) => "notRun" in result)) process.exitCode = 1;
      const postgres = server === undefined ? null : (await server).version;
      const { id, measures, against } = row;
      const at = new Date().toISOString();
      const document = { id, measures, against, at, machine, postgres, size: context.size, results };
      const file = values.binaries === undefined ? id : `${id}.${Number.parseInt(postgres ?? "0", 10)}`;
      writeFileSync(join(directory, `${file}.json`), `${JSON.stringify(document, null, 2)}\n`);
    }
  } finally {
    await (await server)?.stop();
  }
}

// npm run bench [-- NAME… | --list] [--calls N] [--contacts N] [--rounds N] [--keep DIR]
// Measures rows of docs/performance.md side by side with what they are held against, prints each figure with its goal,
// and writes bench/results/NAME.json.
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { packageRoot } from "../src/model/package-root.ts";
import type { BenchContext, Figure } from "./row.ts";
import { rows } from "./rows/index.ts";
import { type BenchServer, startBenchServer } from "./support/server.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    calls: { type: "string", default: "1000000" },
    contacts: { type: "string" },
    rounds: { type: "string" },
    keep: { type: "string" },
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
  rounds: values.rounds === undefined ? undefined : Number(values.rounds),
  server: () => {
    server ??= startBenchServer(values.keep);
    return server;
  },
  say: (line) => process.stderr.write(`  ${line}\n`),
};

function held({ value, goal }: Figure): boolean | undefined {
  if (goal === undefined) return undefined;
  return "atMost" in goal ? value <= goal.atMost : value >= goal.atLeast;
}

function tell(figure: Figure): string {
  const digits = figure.value >= 100 ? 0 : figure.value >= 10 ? 1 : 2;
  const goal =
    figure.goal === undefined ? "" : "atMost" in figure.goal ? `<= ${figure.goal.atMost}` : `>= ${figure.goal.atLeast}`;
  const verdict = { true: "held", false: "MISSED", undefined: "" }[String(held(figure))];
  return `  ${figure.what.padEnd(64)} ${figure.value.toFixed(digits).padStart(9)} ${figure.unit.padEnd(5)} ${goal.padEnd(9)} ${verdict}`.trimEnd();
}

if (values.list) {
  for (const { id, measures, against } of wanted) console.log(`${id.padEnd(16)} ${measures}; against ${against}`);
} else {
  const results = join(packageRoot(), "bench", "results");
  mkdirSync(results, { recursive: true });
  try {
    for (const row of wanted) {
      console.log(`\n${row.id}: ${row.measures}, against ${row.against}`);
      const figures = await row.run(context);
      for (const figure of figures) console.log(tell(figure));
      const { version } = await context.server();
      const result = {
        id: row.id,
        at: new Date().toISOString(),
        machine,
        postgres: version,
        size: context.size,
        figures,
      };
      writeFileSync(join(results, `${row.id}.json`), `${JSON.stringify(result, null, 2)}\n`);
    }
  } finally {
    await (await server)?.stop();
  }
}

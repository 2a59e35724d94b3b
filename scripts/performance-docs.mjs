// Keeps the figures of docs/performance.json, and writes the table of docs/performance.md from them, a line a row, between its two
// markers: `node scripts/performance-docs.mjs` after `npm run bench` takes the results that are newer than what is kept.
// With --check nothing is written; the page has to be what the figures say.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const order = [
  ...["backfill-seed", "backfill-limit", "backfill-growth", "phase1", "plans", "engine"],
  ...["migrate-impact", "drop-impact", "trigger-cost", "webhook", "view-page", "search"],
  ...["verify-scan", "verify-peer", "cli-start", "demo", "readers", "memory", "fleet", "rehearse-estimate"],
];
const docs = join(import.meta.dirname, "..", "docs");
const [page, store] = [join(docs, "performance.md"), join(docs, "performance.json")];
const results = join(docs, "..", "bench", "results");
const [begin, end] = ["<!-- figures: begin -->", "<!-- figures: end -->"];
const isCheck = process.argv.includes("--check");

const majorOf = ({ postgres }) => Number.parseInt(postgres ?? "0", 10);
const placeOf = ({ id }) => order.indexOf(id);
const kept = new Map();
for (const document of [...JSON.parse(readFileSync(store, "utf8")), ...(isCheck ? [] : measured())]) {
  if (placeOf(document) < 0) throw new Error(`${document.id} has no place in the table`);
  const key = `${document.id} ${majorOf(document)}`;
  if ((kept.get(key)?.at ?? "") <= document.at) kept.set(key, document);
}
const documents = [...kept.values()].sort((a, b) => placeOf(a) - placeOf(b) || majorOf(b) - majorOf(a));

function measured() {
  if (!existsSync(results)) return [];
  const files = readdirSync(results).filter((name) => name.endsWith(".json"));
  return files.map((name) => JSON.parse(readFileSync(join(results, name), "utf8")));
}

/** How far a figure is from its goal: above 1 it is missed. */
const strainOf = ({ value, goal }) => ("atMost" in goal ? value / goal.atMost : goal.atLeast / value);

function told({ value, unit }) {
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return `${value.toFixed(digits)}${unit === "" ? "" : ` ${unit}`}`;
}

function lineOf(document) {
  const { id, measures, against, size } = document;
  const goals = document.results.filter(({ goal }) => goal !== undefined).sort((a, b) => strainOf(b) - strainOf(a));
  const missed = goals.filter((figure) => strainOf(figure) > 1).length;
  const [worst] = goals;
  if (worst === undefined) throw new Error(`${id} has no goal`);
  const where = [
    ...(majorOf(document) === 17 ? [] : [`PostgreSQL ${majorOf(document)}`]),
    ...(size.calls === 1_000_000 ? [] : [`${size.calls.toLocaleString("en-US")} calls`]),
    document.at.slice(0, 10),
  ];
  const cells = [
    `\`${id}\``,
    `${measures}; against ${against}`,
    "atMost" in worst.goal ? `≤ ${worst.goal.atMost}` : `≥ ${worst.goal.atLeast}`,
    `${told(worst)}${goals.length > 1 ? ` (${worst.what})` : ""}`,
    missed === 0 ? "held" : goals.length === 1 ? "missed" : `missed ${missed} of ${goals.length}`,
    where.join(", "),
  ];
  return `| ${cells.map((value) => value.replaceAll("|", "\\|")).join(" | ")} |`;
}

const text = readFileSync(page, "utf8");
const [from, to] = [text.indexOf(begin), text.indexOf(end)];
if (from < 0 || to < from) throw new Error(`docs/performance.md has no place for the figures: ${begin} … ${end}`);
const head = [
  "| row | measures | goal | nearest to its goal, or beyond | | where |",
  "| --- | --- | --- | --- | --- | --- |",
];
const linesOf = (id) => {
  const lines = documents.filter((document) => document.id === id).map(lineOf);
  return lines.length > 0 ? lines : [`| \`${id}\` | see \`npm run bench -- --list\` | | not measured yet | | |`];
};
const table = [...head, ...order.flatMap(linesOf)].join("\n");
const written = `${text.slice(0, from)}${begin}\n${table}\n${text.slice(to)}`;
if (isCheck && written !== text) {
  console.error("docs/performance.md differs from docs/performance.json: node scripts/performance-docs.mjs writes it");
  process.exitCode = 1;
}
if (!isCheck) {
  const line = ({ results: figures, ...rest }) => {
    const head = JSON.stringify(rest).slice(0, -1);
    return `${head},"results":[\n  ${figures.map((figure) => JSON.stringify(figure)).join(",\n  ")}\n]}`;
  };
  writeFileSync(store, `[\n${documents.map(line).join(",\n")}\n]\n`);
  writeFileSync(page, written);
}

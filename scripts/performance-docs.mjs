// Writes the table of figures in docs/performance.md from bench/results/*.json, between its two markers:
// `node scripts/performance-docs.mjs` after `npm run bench`. Rows without a result say so.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const page = join(root, "docs", "performance.md");
const [begin, end] = ["<!-- figures: begin -->", "<!-- figures: end -->"];

const text = readFileSync(page, "utf8");
const [from, to] = [text.indexOf(begin), text.indexOf(end)];
if (from < 0 || to < from) throw new Error(`docs/performance.md has no place for the figures: ${begin} … ${end}`);

// The rows are those of the page's own table, in its order.
const ids = [...text.slice(0, from).matchAll(/^\| `([a-z0-9-]+)` \|/gm)].map(([, id]) => id);
const results = new Map(ids.map((id) => [id, readResult(id)]));

function readResult(id) {
  const path = join(root, "bench", "results", `${id}.json`);
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : undefined;
}

const cell = (value) => String(value).replaceAll("|", "\\|");
const line = (...cells) => `| ${cells.map(cell).join(" | ")} |`;

function linesOf(id) {
  const result = results.get(id);
  if (result === undefined) return [line(`\`${id}\``, "not measured", "", "", "")];
  const name = `\`${id}\`${result.size.calls === 1_000_000 ? "" : `, ${result.size.calls.toLocaleString("en-US")} calls`}`;
  return result.results.map((figure, n) => line(n === 0 ? name : "", figure.what, ...valuesOf(figure)));
}

function valuesOf({ value, unit, goal, notRun }) {
  if (notRun !== undefined) return [`not run: ${notRun}`, "", ""];
  const digits = value >= 100 ? 0 : value >= 10 ? 1 : 2;
  const told = `${value.toFixed(digits)}${unit === "" ? "" : ` ${unit}`}`;
  if (goal === undefined) return [told, "", ""];
  const held = "atMost" in goal ? value <= goal.atMost : value >= goal.atLeast;
  return [told, "atMost" in goal ? `≤ ${goal.atMost}` : `≥ ${goal.atLeast}`, held ? "held" : "missed"];
}

function placesOf() {
  const places = [...results.values()]
    .filter((result) => result !== undefined)
    .map(
      ({ machine, postgres, at }) =>
        `${at.slice(0, 10)}, ${machine}${postgres === null ? "" : `, PostgreSQL ${postgres}`}`,
    );
  return [...new Set(places)].sort().map((place) => `- ${place}`);
}

const figures = [
  ...placesOf(),
  "",
  line("id", "figure", "value", "goal", ""),
  line("---", "---", "--:", "---", "---"),
  ...ids.flatMap(linesOf),
];
writeFileSync(page, `${text.slice(0, from)}${begin}\n${figures.join("\n").trimStart()}\n${text.slice(to)}`);

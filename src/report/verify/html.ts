import type { VerifyReport } from "../../core/verify.ts";
import { describeRunOf, describeServer } from "../evidence.ts";
import { renderPage } from "../page.ts";
import { dailyBars, stackedBar, trendLines } from "./charts.ts";
import { describeOutcome, formatValue, statusWords, type VerifyContext, verdictOf } from "./context.ts";
import { escapeMarkup } from "./escape.ts";

type Suite = VerifyReport["suites"][number];
type Check = Suite["checks"][number];

/** One page that needs nothing else: verdict, what is to do, charts, every check with a filter. No script; opens from a file. */
export function renderHtml(report: VerifyReport, context: VerifyContext): string {
  const tone = context.exitCode !== 0 ? "broken" : report.counts.warn > 0 ? "look" : "good";
  const verdict = verdictOf(report);
  return renderPage({
    title: `ssot verify: ${verdict}`,
    verdict,
    tone,
    about: describeAbout(context),
    body: `${describeFindings(report)}
${describeCoverage(report)}
${report.writes.length === 0 ? "" : `<section><h2>Deprecated writes</h2>${dailyBars(report.writes)}</section>`}
${describeTrend(report)}
<section class="all"><h2>Checks</h2>
${describeFilter(report)}
${report.suites
  .toSorted((a, b) => Number(isAlarming(b)) - Number(isAlarming(a)))
  .map(describeSuite)
  .join("\n")}
</section>`,
  });
}

function describeAbout({ evidence, exitCode }: VerifyContext): string {
  const lines = [describeServer(evidence) ?? "", `${describeRunOf(evidence)} · exit ${exitCode}`];
  return lines.map((line) => `<p>${escapeMarkup(line)}</p>`).join("\n");
}

// The worst first: what stops a deploy, then what only needs a look.
function describeFindings({ suites }: VerifyReport): string {
  const found = (["fail", "error", "warn"] as const).flatMap((status) =>
    suites.flatMap(({ id, checks }) =>
      checks.filter((check) => check.status === status).map((check) => describeCheck(check, `${id}.`)),
    ),
  );
  return found.length === 0 ? "" : `<section><h2>To do</h2><ul class="checks">${found.join("")}</ul></section>`;
}

function describeTrend({ trend }: VerifyReport): string {
  if (trend.length === 0) return "";
  const drawn =
    trend.length === 1
      ? `<p class="dim">One recorded run is no trend: the next one with --record begins it.</p>`
      : trendLines(trend);
  return `<section><h2>Trend</h2>${drawn}</section>`;
}

// Radio buttons and the style alone: the page's policy allows no script.
function describeFilter({ counts }: VerifyReport): string {
  const choices = [
    ["all", "all", Object.values(counts).reduce((sum, n) => sum + n, 0)] as const,
    ...(["fail", "error", "warn", "skip", "pass"] as const).map(
      (status) => [status, statusWords[status], counts[status]] as const,
    ),
  ];
  const buttons = choices
    .filter(([, , n]) => n > 0)
    .map(
      ([id, words, n]) =>
        `<label><input type="radio" name="show" id="show-${id}"${id === "all" ? " checked" : ""}> ${words} ${n.toLocaleString("en-US")}</label>`,
    );
  return `<fieldset class="filter"><legend>Show</legend>${buttons.join("")}</fieldset>`;
}

function isAlarming({ checks }: Suite): boolean {
  return checks.some(({ status }) => status !== "pass" && status !== "skip");
}

function describeCoverage({ coverage }: VerifyReport): string {
  if (coverage === null) return "";
  const reasons = {
    "no-number": "no number",
    "not-e164": "withheld or unreadable number",
    "no-such-contact": "no contact has the number",
    "not-linked": "a contact has the number",
  } as const;
  const tones = { "no-number": "dim1", "not-e164": "dim2", "no-such-contact": "look", "not-linked": "broken" } as const;
  const directions = coverage.directions.map(({ direction, linked }) =>
    stackedBar(`${direction} calls`, [
      { name: "linked", n: linked, tone: "good" },
      ...coverage.unlinked
        .filter((row) => row.direction === direction)
        .map(({ reason, calls }) => ({ name: reasons[reason], n: calls, tone: tones[reason] })),
    ]),
  );
  const sourceTones = { contact: "good", phone: "dim2", unknown: "look" } as const;
  const sources = stackedBar(
    "Where the shown name comes from",
    coverage.nameSources.map(({ source, calls }) => ({ name: source, n: calls, tone: sourceTones[source] })),
  );
  return `<section><h2>Coverage</h2>${directions.join("")}${sources}</section>`;
}

function describeSuite(suite: Suite): string {
  const { id, title, checks } = suite;
  const counts = (["pass", "warn", "fail", "error", "skip"] as const).flatMap((status) => {
    const n = checks.filter((check) => check.status === status).length;
    return n === 0 ? [] : [`<b class="badge ${status}">${n} ${statusWords[status]}</b>`];
  });
  return `<details${isAlarming(suite) ? " open" : ""}>
<summary><strong>${escapeMarkup(id)}</strong> <span class="dim">${escapeMarkup(title)}</span> ${counts.join(" ")}</summary>
<ul class="checks">${checks.map((check) => describeCheck(check)).join("")}</ul>
</details>`;
}

function describeCheck({ id, title, status, expected, actual, population, rows, hint }: Check, suite = ""): string {
  const said = describeOutcome({ status, actual, expected });
  return `<li class="is-${status}"><b class="badge ${status}">${statusWords[status]}</b> <code>${escapeMarkup(suite + id)}</code> ${escapeMarkup(title)}
<p class="dim">${escapeMarkup(said)} · looked at ${population.toLocaleString("en-US")}</p>
${hint === null ? "" : `<p>→ ${escapeMarkup(hint)}</p>`}${status === "pass" ? "" : describeRows(rows)}</li>`;
}

function describeRows(rows: Check["rows"]): string {
  const [first] = rows;
  if (first === undefined) return "";
  const names = Object.keys(first);
  const head = names.map((name) => `<th scope="col">${escapeMarkup(name)}</th>`).join("");
  const body = rows.map(
    (row) => `<tr>${names.map((name) => `<td>${escapeMarkup(formatValue(row[name]))}</td>`).join("")}</tr>`,
  );
  return `<div class="rows" tabindex="0" role="region" aria-label="rows"><table><thead><tr>${head}</tr></thead><tbody>${body.join("")}</tbody></table></div>`;
}

import type { VerifyReport } from "../../core/verify.ts";
import { describeRunOf, describeServer } from "../evidence.ts";
import { renderPage } from "../page.ts";
import { dailyBars, stackedBar, trendLines } from "./charts.ts";
import { describeOutcome, formatValue, statusWords, type VerifyContext, verdictOf } from "./context.ts";
import { escapeMarkup } from "./escape.ts";

type Suite = VerifyReport["suites"][number];
type Check = Suite["checks"][number];

/** One page that needs nothing else: verdict, charts, every check. No script; opens from a file. */
export function renderHtml(report: VerifyReport, context: VerifyContext): string {
  const tone = context.exitCode !== 0 ? "broken" : report.counts.warn > 0 ? "look" : "good";
  const verdict = verdictOf(report);
  return renderPage({
    title: `ssot verify: ${verdict}`,
    verdict,
    tone,
    about: describeAbout(context),
    body: `${describeCoverage(report)}
${report.writes.length === 0 ? "" : `<section><h2>Deprecated writes</h2>${dailyBars(report.writes)}</section>`}
${report.trend.length === 0 ? "" : `<section><h2>Trend</h2>${trendLines(report.trend)}</section>`}
<section><h2>Checks</h2>
${report.suites.map(describeSuite).join("\n")}
</section>`,
  });
}

function describeAbout({ evidence, exitCode }: VerifyContext): string {
  const lines = [describeServer(evidence) ?? "", `${describeRunOf(evidence)} · exit ${exitCode}`];
  return lines.map((line) => `<p>${escapeMarkup(line)}</p>`).join("\n");
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

function describeSuite({ id, title, checks }: Suite): string {
  const alarming = checks.some(({ status }) => status !== "pass" && status !== "skip");
  const counts = (["pass", "warn", "fail", "error", "skip"] as const).flatMap((status) => {
    const n = checks.filter((check) => check.status === status).length;
    return n === 0 ? [] : [`<b class="badge ${status}">${n} ${statusWords[status]}</b>`];
  });
  return `<details${alarming ? " open" : ""}>
<summary><strong>${escapeMarkup(id)}</strong> <span class="dim">${escapeMarkup(title)}</span> ${counts.join(" ")}</summary>
<ul class="checks">${checks.map(describeCheck).join("")}</ul>
</details>`;
}

function describeCheck({ id, title, status, expected, actual, population, rows, hint }: Check): string {
  const said = describeOutcome({ status, actual, expected });
  return `<li><b class="badge ${status}">${statusWords[status]}</b> <code>${escapeMarkup(id)}</code> ${escapeMarkup(title)}
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

import { isServed, type RehearsedRun, type RehearseReport } from "../../core/rehearse/report.ts";
import type { ShownEvidence } from "../../model/evidence.ts";
import { describeRunOf } from "../evidence.ts";
import { formatBytes, formatCount } from "../format.ts";
import { renderPage } from "../page.ts";
import { escapeMarkup } from "../verify/escape.ts";
import {
  describeComparisons,
  describeDifference,
  describeLimit,
  describeLoad,
  describeLost,
  describePlaces,
  describeRun,
  describeStep,
  describeVerified,
  listRemarks,
  loadHeads,
  stepHeads,
  verdictOf,
} from "./describe.ts";

/** One page to read and to sign: verdict, what came back, limits, every step. No script; opens from a file. */
export function renderHtml(report: RehearseReport, evidence: ShownEvidence): string {
  const verdict = verdictOf(report);
  const { load, growth } = report;
  return renderPage({
    title: `ssot rehearse: ${verdict}`,
    verdict,
    tone: report.ok ? "good" : "broken",
    about: `${describePlaces(report)
      .map(([label, text]) => `<p>${label}: ${escapeMarkup(text)}</p>`)
      .join("\n")}
<p>${escapeMarkup(describeRunOf(evidence))}</p>`,
    body: `<section><h2>What came out</h2><ul class="checks">${listFindings(report).join("")}</ul></section>
<section><h2>Runs</h2>${report.runs.map((run) => describeRunSection(run, report)).join("\n")}</section>
${load === null ? "" : `<section><h2>What others felt</h2>${tableOf(loadHeads, load.figures.map(describeLoad))}</section>`}
${growth.length === 0 ? "" : `<section><h2>Room</h2>${describeGrowth(growth)}</section>`}
<section><h2>Signed</h2><p>Reviewed by: ______________________________ on: ______________</p></section>`,
  });
}

function listFindings(report: RehearseReport): readonly string[] {
  const { compared, differences, limits, load, verify } = report;
  const item = (good: boolean, text: string): string =>
    `<li><b class="badge ${good ? "pass" : "fail"}">${good ? "held" : "broken"}</b> ${escapeMarkup(text)}</li>`;
  return [
    ...describeComparisons(report).map((line, place) => item(compared[place]?.equal ?? false, line)),
    ...differences.map((difference) => item(false, describeDifference(difference))),
    item(verify.ok, `verify: ${describeVerified(report)}`),
    ...limits.map((limit) => item(limit.held, describeLimit(limit))),
    ...(load === null ? [] : [item(isServed(load), describeLost(load))]),
    ...listRemarks(report).map((line) => `<li><b class="badge warn">look</b> ${escapeMarkup(line)}</li>`),
  ];
}

function describeRunSection(run: RehearsedRun, { steps }: RehearseReport): string {
  const own = steps.filter((step) => step.run === run.name);
  return `<details${run.name === "migrate" || run.name === "drop" ? " open" : ""}>
<summary><strong>${escapeMarkup(run.name)}</strong> <span class="dim">${escapeMarkup(describeRun(run))}</span></summary>
${tableOf(stepHeads, own.map(describeStep))}
</details>`;
}

function describeGrowth(growth: RehearseReport["growth"]): string {
  const rows = growth.map((each) => [
    each.table,
    formatBytes(each.tableBytesBefore),
    formatBytes(each.tableBytes),
    formatBytes(each.indexBytesBefore),
    formatBytes(each.indexBytes),
    formatCount(each.deadRows),
  ]);
  return tableOf(["table", "before", "after", "indexes before", "indexes after", "dead rows"], rows);
}

function tableOf(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const head = heads.map((name) => `<th scope="col">${escapeMarkup(name)}</th>`).join("");
  const body = rows
    .map((cells) => `<tr>${cells.map((cell) => `<td>${escapeMarkup(cell)}</td>`).join("")}</tr>`)
    .join("");
  return `<div class="rows" tabindex="0" role="region" aria-label="${escapeMarkup(heads[0] ?? "")}"><table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
}

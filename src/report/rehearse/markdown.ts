import { isServed, type RehearseReport } from "../../core/rehearse/report.ts";
import type { ShownEvidence } from "../../model/evidence.ts";
import { describeRunOf } from "../evidence.ts";
import { formatBytes, formatCount } from "../format.ts";
import { code, escapeText, table } from "../markdown.ts";
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

const mark = (good: boolean): string => (good ? "✅" : "❌");

/** For a pull request: verdict, what came back, limits, each run with all its steps folded away. */
export function renderMarkdown(report: RehearseReport, evidence: ShownEvidence): string {
  const { compared, differences, limits, load, verify, growth } = report;
  return [
    `### ${mark(report.ok)} ssot rehearse: ${escapeText(verdictOf(report))}`,
    "",
    ...describePlaces(report).map(([label, text]) => `- ${label}: ${escapeText(text)}`),
    ...describeComparisons(report).map(
      (line, place) => `- ${mark(compared[place]?.equal ?? false)} ${escapeText(line)}`,
    ),
    ...differences.map((difference) => `  - ${escapeText(describeDifference(difference))}`),
    `- ${mark(verify.ok)} verify: ${escapeText(describeVerified(report))}`,
    ...limits.map((limit) => `- ${mark(limit.held)} ${escapeText(describeLimit(limit))}`),
    ...(load === null ? [] : [`- ${mark(isServed(load))} ${escapeText(describeLost(load))}`]),
    ...listRemarks(report).map((line) => `- ⚠️ ${escapeText(line)}`),
    "",
    ...report.runs.flatMap((run) => [
      `<details><summary>${escapeText(`${run.name}: ${describeRun(run)}`)}</summary>`,
      "",
      ...table(
        stepHeads,
        report.steps
          .filter((step) => step.run === run.name)
          .map((step) => describeStep(step).map((cell, place) => (place === 0 ? code(cell) : escapeText(cell)))),
        "left",
      ),
      "",
      "</details>",
      "",
    ]),
    ...(load === null
      ? []
      : [
          ...table(
            loadHeads,
            load.figures.map((figures) => describeLoad(figures).map(escapeText)),
          ),
          "",
        ]),
    ...(growth.length === 0
      ? []
      : [
          ...table(
            ["table", "before", "after", "indexes before", "after", "dead rows"],
            growth.map((each) => [
              code(each.table),
              formatBytes(each.tableBytesBefore),
              formatBytes(each.tableBytes),
              formatBytes(each.indexBytesBefore),
              formatBytes(each.indexBytes),
              formatCount(each.deadRows),
            ]),
          ),
          "",
        ]),
    escapeText(describeRunOf(evidence)),
  ].join("\n");
}

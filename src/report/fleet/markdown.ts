import type { FleetReport } from "../../core/fleet/report.ts";
import type { ShownEvidence } from "../../model/evidence.ts";
import { describeRunOf } from "../evidence.ts";
import { code, escapeText, table } from "../markdown.ts";
import { detailsOf, isFine, stateWords, summarise, verdictOf } from "./summary.ts";

/** For a pull request's comment or a job's summary: verdict, a table of targets, and a section for each that needs a look. */
export function renderMarkdown(report: FleetReport, evidence: ShownEvidence): string {
  const { targets, exit } = report;
  return [
    `### ${exit === 0 ? "✅" : "❌"} ${escapeText(verdictOf(report))}`,
    "",
    ...table(
      ["target", "state", "what", "exit"],
      targets.map((outcome) => [
        code(outcome.name),
        stateWords[outcome.state],
        escapeText(summarise(outcome)),
        outcome.exit === null ? "" : String(outcome.exit),
      ]),
      "left",
    ),
    ...targets
      .filter((outcome) => !isFine(outcome))
      .flatMap((outcome) => [
        "",
        `#### ${code(outcome.name)}: ${stateWords[outcome.state]}`,
        "",
        `- ${code(outcome.target)}`,
        ...detailsOf(outcome).map((line) => `- ${escapeText(line)}`),
      ]),
    "",
    escapeText(`exit ${exit} · ${describeRunOf(evidence)}`),
  ].join("\n");
}

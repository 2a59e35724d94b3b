import type { VerifyReport } from "../../core/verify.ts";
import { describeRunOf, describeServer } from "../evidence.ts";
import { formatCount } from "../format.ts";
import { code, escapeText, table } from "../markdown.ts";
import { describeOutcome, formatValue, statusWords, type VerifyContext, verdictOf } from "./context.ts";

type Check = VerifyReport["suites"][number]["checks"][number];

/** Not shown; by it a comment is found again, to be brought up to date. Never changes. */
const commentMarker = "<!-- ssot verify -->";

const marks = { pass: "✅", warn: "⚠️", fail: "❌", error: "🚫", skip: "⏭️" } as const;

/** For a pull request's comment or a job's summary: verdict, a table of suites, what needs a look, coverage. */
export function renderMarkdown(report: VerifyReport, context: VerifyContext): string {
  const { suites, coverage } = report;
  const mark = context.exitCode === 0 ? (report.counts.warn > 0 ? marks.warn : marks.pass) : marks.fail;
  const findings = suites.flatMap(({ id, checks }) =>
    checks.filter(({ status }) => status !== "pass" && status !== "skip").map((check) => ({ id, check })),
  );
  return [
    commentMarker,
    `### ${mark} ssot verify: ${verdictOf(report)}`,
    "",
    ...table(
      ["suite", ...Object.values(statusWords)],
      suites.map(({ id, checks }) => [
        code(id),
        ...(Object.keys(statusWords) as readonly Check["status"][]).map((status) => {
          const n = checks.filter((check) => check.status === status).length;
          return n === 0 ? "" : formatCount(n);
        }),
      ]),
    ),
    "",
    ...findings.flatMap(({ id, check }) => describeFinding(id, check, context)),
    ...(coverage === null
      ? []
      : [
          ...table(
            ["calls", "total", "linked", "of those that can be"],
            coverage.directions.map(({ direction, total, linked, pct, linkable, linkableLinked }) => [
              direction,
              formatCount(total),
              `${formatCount(linked)}${pct === null ? "" : ` (${pct.toFixed(1)} %)`}`,
              linkable === 0 ? "none can be" : `${((100 * linkableLinked) / linkable).toFixed(1)} %`,
            ]),
          ),
          "",
        ]),
    `${escapeText(describeServer(context.evidence) ?? "")}<br>`,
    `${escapeText(describeRunOf(context.evidence))} · exit ${context.exitCode}`,
  ].join("\n");
}

function describeFinding(suite: string, check: Check, { showRows }: VerifyContext): readonly string[] {
  const { id, title, status, actual, expected, rows, hint } = check;
  const said = describeOutcome({ status, actual, expected });
  return [
    `- ${marks[status]} ${code(`${suite}.${id}`)} ${statusWords[status]}: ${escapeText(title)}`,
    `  - ${escapeText(said)}`,
    ...(hint === null ? [] : [`  - → ${escapeText(hint)}`]),
    ...(showRows
      ? rows.map(
          (row) =>
            `  - ${code(
              Object.entries(row)
                .map(([name, value]) => `${name}=${formatValue(value)}`)
                .join(" "),
            )}`,
        )
      : []),
    "",
  ];
}

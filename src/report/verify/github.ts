import type { VerifyReport } from "../../core/verify.ts";
import { describeRunOf, describeServer } from "../evidence.ts";
import { formatValue, statusWords, type VerifyContext, verdictOf } from "./context.ts";

/** Workflow commands of GitHub Actions: an annotation a finding, the verdict last. */
export function renderGithub(report: VerifyReport, context: VerifyContext): string {
  const findings = report.suites.flatMap(({ id: suite, checks }) =>
    checks.flatMap((check) => {
      const { id, title, status, actual, hint, rows } = check;
      if (status === "pass" || status === "skip") return [];
      const level = status === "warn" && context.failOn === "fail" ? "warning" : "error";
      const text = [
        `${title}: ${actual}`,
        ...(hint === null ? [] : [`→ ${hint}`]),
        ...(context.showRows
          ? rows.map((row) =>
              Object.entries(row)
                .map(([name, value]) => `${name}=${formatValue(value)}`)
                .join(" "),
            )
          : []),
      ].join("\n");
      return [`::${level} title=${escapeProperty(`${suite}.${id} ${statusWords[status]}`)}::${escapeData(text)}`];
    }),
  );
  const level = context.exitCode === 0 ? "notice" : "error";
  return [
    ...findings,
    `::${level} title=ssot verify::${escapeData([verdictOf(report), describeServer(context.evidence) ?? "", describeRunOf(context.evidence)].join("\n"))}`,
  ].join("\n");
}

function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}

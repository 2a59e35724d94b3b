import type { VerifyReport } from "../../core/verify.ts";
import { describeProperties, listProperties, stampOf } from "../junit.ts";
import { describeOutcome, formatValue, type VerifyContext, verdictOf } from "./context.ts";
import { escapeMarkup } from "./escape.ts";

type Suite = VerifyReport["suites"][number];
type Check = Suite["checks"][number];

/** One testsuite a suite, one testcase a check. A warning passes, and says so in system-out; rows only where asked for. */
export function renderJunit(report: VerifyReport, context: VerifyContext): string {
  const outcomes = report.suites.flatMap(({ checks }) => checks.map((check) => outcomeOf(check, context)));
  const attributes = [
    `name="ssot verify"`,
    `tests="${outcomes.length}"`,
    `failures="${outcomes.filter((outcome) => outcome === "failure").length}"`,
    `errors="${outcomes.filter((outcome) => outcome === "error").length}"`,
    `time="${seconds(report.durationMs)}"`,
  ].join(" ");
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${attributes}>`,
    ...report.suites.flatMap((suite, place) => describeSuite(suite, place, report, context)),
    "</testsuites>",
  ].join("\n");
}

function describeSuite(
  { id, title, checks }: Suite,
  place: number,
  report: VerifyReport,
  context: VerifyContext,
): readonly string[] {
  const outcomes = checks.map((check) => outcomeOf(check, context));
  const count = (wanted: string): number => outcomes.filter((outcome) => outcome === wanted).length;
  const time = checks.reduce((sum, { durationMs }) => sum + durationMs, 0);
  const counts = `tests="${checks.length}" failures="${count("failure")}" errors="${count("error")}" skipped="${count("skipped")}"`;
  return [
    `  <testsuite name="${escapeMarkup(id)}" id="${place}" ${counts} time="${seconds(time)}" ${stampOf(context.evidence)}>`,
    "    <properties>",
    `      <property name="title" value="${escapeMarkup(title)}"/>`,
    ...(place === 0 ? describeProperties([["verdict", verdictOf(report)], ...listProperties(context.evidence)]) : []),
    "    </properties>",
    ...checks.flatMap((check) => describeCheck(id, check, context)),
    "  </testsuite>",
  ];
}

function describeCheck(suite: string, check: Check, context: VerifyContext): readonly string[] {
  const { id, title, status, actual, expected, population, hint, durationMs } = check;
  const head = `    <testcase classname="${escapeMarkup(suite)}" name="${escapeMarkup(`${id}: ${title}`)}" time="${seconds(durationMs)}"`;
  const outcome = outcomeOf(check, context);
  if (outcome === "passed" && status === "pass") return [`${head}/>`];
  const message = escapeMarkup(describeOutcome({ status, actual, expected }));
  if (outcome === "skipped") return [`${head}>`, `      <skipped message="${message}"/>`, "    </testcase>"];
  const text = escapeMarkup(
    [
      `looked at: ${population}`,
      ...(hint === null ? [] : [`to do: ${hint}`]),
      ...(context.showRows
        ? check.rows.map((row) =>
            Object.entries(row)
              .map(([name, value]) => `${name}=${formatValue(value)}`)
              .join(" "),
          )
        : []),
    ].join("\n"),
  );
  const body =
    outcome === "passed"
      ? `      <system-out>a warning: ${message}\n${text}</system-out>`
      : `      <${outcome} message="${message}" type="${status}">${text}</${outcome}>`;
  return [`${head}>`, body, "    </testcase>"];
}

function outcomeOf({ status }: Check, { failOn }: VerifyContext): "passed" | "failure" | "error" | "skipped" {
  if (status === "fail" || (status === "warn" && failOn === "warn")) return "failure";
  if (status === "error") return "error";
  return status === "skip" ? "skipped" : "passed";
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(3);
}

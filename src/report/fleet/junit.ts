import type { FleetReport, TargetOutcome } from "../../core/fleet/report.ts";
import type { ShownEvidence } from "../../model/evidence.ts";
import { describeProperties, listProperties } from "../junit.ts";
import { escapeMarkup } from "../verify/escape.ts";
import { listOf, numberOf, textOf } from "./read.ts";
import { detailsOf, stateWords, summarise } from "./summary.ts";

type Outcome = "passed" | "failure" | "error" | "skipped";

interface Case {
  readonly name: string;
  readonly outcome: Outcome;
  readonly message: string;
  readonly text: string;
  readonly durationMs: number;
}

/** One testsuite a target: a testcase for the command, and those of verify where it was asked. */
export function renderJunit(report: FleetReport, evidence: ShownEvidence): string {
  const suites = report.targets.map((target) => ({ target, cases: casesOf(target, report) }));
  const all = suites.flatMap(({ cases }) => cases);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="ssot fleet ${report.of}" ${counts(all, false)} time="${seconds(report.durationMs)}">`,
    ...suites.flatMap(({ target, cases }, place) => [
      `  <testsuite name="${escapeMarkup(target.name)}" id="${place}" ${counts(cases, true)} time="${seconds(target.durationMs)}" timestamp="${momentOf(evidence)}">`,
      "    <properties>",
      ...describeProperties([
        ["target", target.target],
        ["state", target.state],
        ...listProperties(evidence).filter(([name]) => name !== "target"),
      ]),
      "    </properties>",
      ...cases.flatMap((each) => describe(target.name, each)),
      "  </testsuite>",
    ]),
    "</testsuites>",
  ].join("\n");
}

function casesOf(target: TargetOutcome, { of }: FleetReport): readonly Case[] {
  const asked = of === "verify" ? target.report : target.canary?.verify?.report;
  const own: Case = {
    name: `ssot ${of}`,
    outcome: outcomeOf(target),
    message: `${stateWords[target.state]}: ${summarise(target)}`,
    text: detailsOf(target).join("\n"),
    durationMs: target.durationMs,
  };
  return [own, ...listOf(asked, "suites").flatMap(checksOf)];
}

function checksOf(suite: unknown): readonly Case[] {
  return listOf(suite, "checks").map((check) => ({
    name: `${textOf(suite, "id")}.${textOf(check, "id")}: ${textOf(check, "title")}`,
    outcome: checkOutcomes[textOf(check, "status") ?? ""] ?? "passed",
    message: textOf(check, "actual") ?? "",
    text: textOf(check, "hint") ?? "",
    durationMs: numberOf(check, "durationMs"),
  }));
}

const checkOutcomes: Readonly<Record<string, Outcome>> = { fail: "failure", error: "error", skip: "skipped" };

function outcomeOf({ exit, state }: TargetOutcome): Outcome {
  if (state === "same" || state === "not-begun") return "skipped";
  if (exit === 0) return "passed";
  return exit === 1 || exit === 6 ? "failure" : "error";
}

function describe(target: string, { name, outcome, message, text, durationMs }: Case): readonly string[] {
  const head = `    <testcase classname="${escapeMarkup(target)}" name="${escapeMarkup(name)}" time="${seconds(durationMs)}"`;
  if (outcome === "passed") return [`${head}/>`];
  if (outcome === "skipped")
    return [`${head}>`, `      <skipped message="${escapeMarkup(message)}"/>`, "    </testcase>"];
  const body = `<${outcome} message="${escapeMarkup(message)}" type="${outcome}">${escapeMarkup(text)}</${outcome}>`;
  return [`${head}>`, `      ${body}`, "    </testcase>"];
}

function counts(cases: readonly Case[], withSkipped: boolean): string {
  const count = (wanted: Outcome): number => cases.filter(({ outcome }) => outcome === wanted).length;
  const skipped = withSkipped ? ` skipped="${count("skipped")}"` : "";
  return `tests="${cases.length}" failures="${count("failure")}" errors="${count("error")}"${skipped}`;
}

function momentOf({ at }: ShownEvidence): string {
  return at.toISOString().slice(0, 19);
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(3);
}

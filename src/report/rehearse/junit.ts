import { isServed, type RehearseReport } from "../../core/rehearse/report.ts";
import type { ShownEvidence } from "../../model/evidence.ts";
import { describeProperties, listProperties, stampOf } from "../junit.ts";
import { escapeMarkup } from "../verify/escape.ts";
import {
  describeComparisons,
  describeDifference,
  describeLimit,
  describeLost,
  describeVerified,
  verdictOf,
} from "./describe.ts";

interface Case {
  readonly suite: string;
  readonly name: string;
  readonly ms: number;
  /** What failed it; undefined: it passed. */
  readonly failure?: string | undefined;
}

/** One testcase a step of each run, a way back, the claims, a limit, and what became of the load's writes. */
export function renderJunit(report: RehearseReport, evidence: ShownEvidence): string {
  const cases = listCases(report);
  const failures = cases.filter(({ failure }) => failure !== undefined).length;
  const head = `name="ssot rehearse" tests="${cases.length}" failures="${failures}" time="${seconds(report.durationMs)}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${head}>`,
    `  <testsuite ${head} ${stampOf(evidence)}>`,
    "    <properties>",
    ...describeProperties([["verdict", verdictOf(report)], ["copy", report.copy.name], ...listProperties(evidence)]),
    "    </properties>",
    ...cases.flatMap(describeCase),
    "  </testsuite>",
    "</testsuites>",
  ].join("\n");
}

function listCases(report: RehearseReport): readonly Case[] {
  const { steps, limits, load, held, verify, compared, differences } = report;
  const told = describeComparisons(report);
  return [
    ...steps.map(({ run, migration, name, durationMs }) => ({ suite: `${run}.${migration}`, name, ms: durationMs })),
    ...compared.map(({ stage, equal }, place) => ({
      suite: "way back",
      name: stage,
      ms: 0,
      failure: equal
        ? undefined
        : [told[place], ...differences.filter((difference) => difference.stage === stage).map(describeDifference)].join(
            "\n",
          ),
    })),
    { suite: "verify", name: "claims", ms: 0, failure: verify.ok ? undefined : describeVerified(report) },
    ...limits.map((limit) => ({
      suite: "limit",
      name: limit.name,
      ms: 0,
      failure: limit.held ? undefined : describeLimit(limit),
    })),
    ...(load === null
      ? []
      : [{ suite: "load", name: "writes", ms: 0, failure: isServed(load) ? undefined : describeLost(load) }]),
    ...(held.length === 0 ? [] : [{ suite: "drop", name: "gate", ms: 0, failure: held.join("\n") }]),
  ];
}

function describeCase({ suite, name, ms, failure }: Case): readonly string[] {
  const head = `    <testcase classname="${escapeMarkup(suite)}" name="${escapeMarkup(name)}" time="${seconds(ms)}"`;
  if (failure === undefined) return [`${head}/>`];
  const [message = ""] = failure.split("\n");
  return [
    `${head}>`,
    `      <failure message="${escapeMarkup(message)}" type="rehearsal">${escapeMarkup(failure)}</failure>`,
    "    </testcase>",
  ];
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

import type { FleetReport, FleetState, TargetOutcome } from "../../core/fleet/report.ts";
import { countOf, formatCount } from "../format.ts";
import type { Style } from "../style.ts";
import { fieldOf, listOf, numberOf, textOf } from "./read.ts";

/** What each state is called. */
export const stateWords: Readonly<Record<FleetState, string>> = {
  done: "done",
  "nothing-to-do": "nothing to do",
  same: "listed before",
  finding: "finding",
  refused: "refused",
  unable: "could not run",
  failed: "failed",
  locked: "locked",
  held: "held",
  bug: "bug",
  interrupted: "interrupted",
  "not-begun": "not begun",
};

/** The colour of a state's word. */
export function colourOf(state: FleetState, style: Style): (text: string) => string {
  if (state === "done") return style.good;
  if (state === "nothing-to-do" || state === "same") return style.dim;
  return state === "locked" || state === "held" || state === "not-begun" ? style.look : style.broken;
}

/** Whether nobody has to look at a target. */
export function isFine({ state }: TargetOutcome): boolean {
  return state === "done" || state === "nothing-to-do" || state === "same";
}

/** What came of a target, in a few words. */
export function summarise(outcome: TargetOutcome): string {
  const { report, sameAs, canary, attempts } = outcome;
  if (sameAs !== undefined) return `same as ${sameAs}`;
  const code = textOf(report, "error", "code");
  const parts = [
    ...(code === undefined ? summariseReport(report) : [code]),
    ...(canary === undefined ? [] : ["canary"]),
    ...(canary?.verify
      ? [`verify ${canary.verify.exit === 0 ? "held" : `ended with exit ${canary.verify.exit}`}`]
      : []),
    ...(attempts > 1 ? [`${attempts} attempts`] : []),
  ];
  return parts.join(" · ");
}

function summariseReport(report: unknown): readonly string[] {
  const count = (name: string): number => listOf(report, name).length;
  const some = (n: number, text: string): readonly string[] => (n === 0 ? [] : [text]);
  switch (textOf(report, "command")) {
    case "migrate":
      return [
        fieldOf(report, "dryRun") === true ? `${count("pending")} pending` : `${count("applied")} applied`,
        ...some(count("held"), `${count("held")} held`),
        ...some(numberOf(report, "caughtUp"), `${formatCount(numberOf(report, "caughtUp"))} late calls linked`),
      ];
    case "rollback":
      return [
        fieldOf(report, "dryRun") === true ? `would take back ${count("pending")}` : `took back ${count("rolledBack")}`,
      ];
    case "status":
      return summariseStatus(report);
    case "verify":
      return [
        `${formatCount(numberOf(report, "counts", "pass"))} held`,
        ...some(numberOf(report, "counts", "fail"), `${numberOf(report, "counts", "fail")} broken`),
        ...some(numberOf(report, "counts", "warn"), `${numberOf(report, "counts", "warn")} to look at`),
        ...some(numberOf(report, "counts", "error"), `${numberOf(report, "counts", "error")} could not run`),
      ];
    case "audit":
      return summariseAudit(report);
    case "doctor":
      return ["problem", "warning"].flatMap((status) => {
        const found = listOf(report, "checks").filter((check) => textOf(check, "status") === status).length;
        return some(found, countOf(found, status));
      });
    case "rehearse":
      return [fieldOf(report, "equal") === true ? "equal after the way back" : "not equal after the way back"];
    default:
      return [];
  }
}

function summariseStatus(report: unknown): readonly string[] {
  const migrations = listOf(report, "migrations");
  return ["applied", "pending", "partial", "held", "changed", "missing"].flatMap((state) => {
    const found = migrations.filter((migration) => textOf(migration, "state") === state).length;
    return found === 0 ? [] : [`${found} ${state === "partial" ? "half-way" : state}`];
  });
}

function summariseAudit(report: unknown): readonly string[] {
  const recorded = fieldOf(report, "recorded");
  if (recorded !== undefined) return [countOf(numberOf(recorded, "readers"), "reader")];
  const ready = fieldOf(report, "phase3", "ready") === true;
  return [countOf(numberOf(report, "writes", "total"), "write"), ready ? "the drop may run" : "the drop may not run"];
}

/** Findings, errors and reasons of a target that somebody has to look at: lines of plain text. */
export function detailsOf({ report, canary }: TargetOutcome): readonly string[] {
  return [...reasonsOf(report), ...reasonsOf(canary?.verify?.report).map((line) => `verify: ${line}`)];
}

function reasonsOf(report: unknown): readonly string[] {
  const message = textOf(report, "error", "message");
  if (message !== undefined) {
    const hint = textOf(report, "error", "hint");
    return [message, ...(hint === undefined ? [] : [`→ ${hint}`])];
  }
  const broken = listOf(report, "suites").flatMap((suite) =>
    listOf(suite, "checks")
      .filter((check) => ["fail", "error"].includes(textOf(check, "status") ?? ""))
      .map((check) => `${textOf(suite, "id")}.${textOf(check, "id")}: ${textOf(check, "actual")}`),
  );
  const problems = listOf(report, "checks")
    .filter((check) => textOf(check, "status") === "problem")
    .map((check) => `${textOf(check, "title")}: ${textOf(check, "detail")}`);
  const reasons = listOf(report, "phase3", "reasons").map((reason) => textOf(reason, "message") ?? "");
  return [...broken, ...problems, ...reasons];
}

/** The last line of every form: how many ended how, and what to do. */
export function verdictOf({ of, counts, stopped }: FleetReport): string {
  const kinds = Object.entries(stateWords).flatMap(([state, word]) => {
    const n = Object.entries(counts).find(([name]) => name === state)?.[1] ?? 0;
    return n === 0 ? [] : [`${formatCount(n)} ${word}`];
  });
  const why = {
    canary: " The canary was not green: the others were not begun.",
    "stop-after": " Too many failed: the others were not begun.",
    interrupt: " Interrupted: the same command goes on with the rest.",
  };
  return `${countOf(counts.targets, "target")} of ssot ${of}: ${kinds.join(", ")}.${stopped === null ? "" : why[stopped]}`;
}

import type { FleetReport, TargetOutcome } from "../../core/fleet/report.ts";
import { countOf, formatDuration } from "../format.ts";
import type { Style } from "../style.ts";
import { alignRows } from "../table.ts";
import { wrapText } from "../wrap.ts";
import { colourOf, detailsOf, isFine, stateWords, summarise, verdictOf } from "./summary.ts";

/** A longer list shows what somebody has to look at, and counts the others. */
const longList = 60;

/** A line a target, below it what is to be looked at; the last line says how many ended how. */
export function renderFleet(report: FleetReport, style: Style, { verbose }: { readonly verbose: boolean }): string {
  const { targets, exit, durationMs } = report;
  const isLong = targets.length > longList && !verbose;
  const shown = isLong ? targets.filter((target) => !isFine(target)) : targets;
  const lines = alignRows(
    shown.map((outcome) => [
      outcome.name,
      colourOf(outcome.state, style)(stateWords[outcome.state]),
      [summarise(outcome), ...(outcome.durationMs > 0 ? [formatDuration(outcome.durationMs)] : [])].join(" · "),
    ]),
    "  ",
    style.width,
  );
  const left = targets.length - shown.length;
  return [
    ...shown.flatMap((outcome, place) => [...(lines[place] ?? []), ...describe(outcome, style)]),
    ...(left === 0 ? [] : [style.dim(`  and ${countOf(left, "target")} that nobody has to look at (all of them: -v)`)]),
    "",
    wrapText(`${verdictOf(report)} exit ${exit} · ${formatDuration(durationMs)}`, { width: style.width }),
  ].join("\n");
}

function describe(outcome: TargetOutcome, style: Style): readonly string[] {
  if (isFine(outcome)) return [];
  const details = detailsOf(outcome);
  return [
    ...(details.length === 0 ? [] : [style.dim(`      ${outcome.target}`)]),
    ...details.map((line) => wrapText(line, { width: style.width, first: "      ", rest: "        " })),
  ];
}

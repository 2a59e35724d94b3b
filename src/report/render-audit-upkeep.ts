import type { PruneReport } from "../core/audit/prune-audit.ts";
import type { RebaselineReport } from "../core/audit/rebaseline.ts";
import type { RecordReport } from "../core/audit/record-readers.ts";
import { countOf, formatDay } from "./format.ts";
import type { Style } from "./style.ts";
import { wrapText } from "./wrap.ts";

/** How many audit rows went. */
export function renderPrune({ pruned }: PruneReport, { width }: Style): string {
  const told =
    pruned === 0 ? "No audit row is past retention." : `${countOf(pruned, "audit row")} past retention deleted.`;
  return wrapText(told, { width });
}

/** What was kept of who reads, and what nobody observed. */
export function renderRecord({ recorded, unobserved }: RecordReport, { width }: Style): string {
  const { sources, readers, reasons, excused } = recorded;
  const lines = [
    ...unobserved.map(({ source, message }) => `not observed${source === "" ? "" : ` on ${source}`}: ${message}`),
    ...(excused.length === 0 ? [] : [`excused: ${excused.join(", ")}`]),
    `${countOf(readers, "statement")} that read the deprecated columns kept, of ${countOf(sources.length, "server")}; ${reasons} keep the gate closed.`,
  ];
  return lines.map((line) => wrapText(line, { width })).join("\n");
}

/** From when on the witness counts now. */
export function renderRebaseline({ rebaselined }: RebaselineReport, { width }: Style): string {
  const told =
    rebaselined === null
      ? "The witness is as it was sworn in. Nothing was changed."
      : `The witness is sworn in again. The columns may go from ${formatDay(rebaselined.dropAfter)} on, if nobody writes them until then.`;
  return wrapText(told, { width });
}

import { describePlace, type Evidence, type ShownEvidence } from "../model/evidence.ts";
import { formatDuration } from "./format.ts";
import type { Style } from "./style.ts";
import { wrapText } from "./wrap.ts";

/** When, how long, by what and with which options. */
export function describeRunOf(evidence: Pick<ShownEvidence, "at" | "durationMs" | "tool" | "given">): string {
  const { at, durationMs, tool, given } = evidence;
  return [formatSecond(at), formatDuration(durationMs), `ssot ${tool}`, ...given].join(" · ");
}

/** The database and its server; undefined where none was asked. */
export function describeServer({ target, server }: Pick<Evidence, "target" | "server">): string | undefined {
  if (target === null) return undefined;
  return `${describePlace(target)}${server === null ? "" : ` (PostgreSQL ${server})`}`;
}

/** The quiet lines above a report on a screen or in a text file. */
export function renderEvidence(evidence: ShownEvidence, style: Style): string {
  const labelled = (label: string, text: string): string =>
    style.dim(wrapText(text, { width: style.width, first: label.padEnd(8), rest: " ".repeat(8) }));
  const where = evidence.targetToldBy === null ? describeServer(evidence) : undefined;
  return [
    ...(where === undefined ? [] : [labelled("target", where)]),
    labelled("run", describeRunOf(evidence)),
    "",
  ].join("\n");
}

// `2026-02-09 17:00:05 UTC`
function formatSecond(moment: Date): string {
  return `${moment.toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

import type { PaceReport } from "../core/pace/pace-log.ts";
import { formatDuration } from "./format.ts";
import type { Style } from "./style.ts";
import { wrapText } from "./wrap.ts";

const leastMs = 1_000;

/** For how long a run was slowed and paused, and by what; nothing where that was less than a second. */
export function renderPace(pace: PaceReport | undefined, { width }: Style): readonly string[] {
  if (pace === undefined || pace.slowedMs + pace.pausedMs < leastMs) return [];
  const times = [
    ...(pace.slowedMs < leastMs ? [] : [`slowed for ${formatDuration(pace.slowedMs)}`]),
    ...(pace.pausedMs < leastMs ? [] : [`paused for ${formatDuration(pace.pausedMs)}`]),
  ];
  const why = Object.entries(pace.reasons)
    .toSorted(([, a], [, b]) => b - a)
    .filter(([, ms]) => ms >= leastMs)
    .map(([signal, ms]) => `${signal} ${formatDuration(ms)}`);
  const text = `pace ${pace.mode}: ${times.join(", ")}${why.length === 0 ? "" : ` (${why.join(", ")})`}`;
  return [wrapText(text, { width, first: "  " }), ""];
}

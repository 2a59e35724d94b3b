import type { Sent } from "../../src/core/rehearse/load/open-loop.ts";
import { quantile } from "../support/measure.ts";

export interface Latency {
  readonly requests: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** In ms from when each request was due. */
export function latencyOf(sent: readonly Sent[]): Latency {
  const all = sent.map(({ due, done }) => done - due);
  return { requests: all.length, p50: quantile(all, 0.5), p99: quantile(all, 0.99), max: Math.max(...all) };
}

const edges = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];

/** One line: how many requests took less than each power of two, in ms. */
export function tellHistogram(sent: readonly Sent[]): string {
  const { requests, p50, p99, max } = latencyOf(sent);
  const counts = edges.map((edge, place) => {
    const from = edges[place - 1] ?? Number.NEGATIVE_INFINITY;
    return sent.filter(({ due, done }) => done - due >= from && done - due < edge).length;
  });
  const longer = requests - counts.reduce((sum, count) => sum + count, 0);
  const bars = [...counts.map((count, place) => [`<${edges[place]}`, count] as const), ["more", longer] as const];
  const shown = bars.filter(([, count]) => count > 0).map(([edge, count]) => `${edge}: ${count}`);
  return `${requests} requests, p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)}, max ${max.toFixed(0)}  [ms ${shown.join(", ")}]`;
}

/** What senders were told instead of success, and how often. */
export function toldCodes(sent: readonly Sent[]): Readonly<Record<string, number>> {
  const codes: Record<string, number> = {};
  for (const { kind, told } of sent) if (told !== null) codes[`${kind} ${told}`] = (codes[`${kind} ${told}`] ?? 0) + 1;
  return codes;
}

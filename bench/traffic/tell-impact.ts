import type { Figure } from "../row.ts";
import { latencyOf, tellHistogram } from "./latency.ts";
import { benchKinds, type Measured, ofKind, p99Of } from "./measure-traffic.ts";

/** What a way did to the traffic, as figures: all requests, each kind, and whom they waited for. */
export function figuresOf(way: string, measured: Measured): readonly Figure[] {
  const { p50, p99, max } = latencyOf(measured.sent);
  return [
    { what: `${way}: took`, value: measured.seconds, unit: "s" },
    { what: `${way}: p50`, value: p50, unit: "ms" },
    { what: `${way}: p99`, value: p99, unit: "ms" },
    { what: `${way}: max`, value: max, unit: "ms" },
    ...benchKinds.map((kind): Figure => ({ what: `${way}: p99 of ${kind}`, value: p99Of(measured, kind), unit: "ms" })),
    { what: `${way}: longest wait for a table`, value: measured.locks.longestForTable, unit: "ms" },
    { what: `${way}: requests refused`, value: measured.sent.filter(({ told }) => told !== null).length, unit: "" },
    { what: `${way}: longest wait for a row`, value: measured.locks.longestForRow, unit: "ms" },
  ];
}

/** The goals: p99 of each kind at most so many times that of the same traffic alone, and the longest wait beyond that for a lock's turn. */
export function goalsOf(way: string, measured: Measured, idle: Measured, times: number): readonly Figure[] {
  return [
    ...benchKinds.map(
      (kind): Figure => ({
        what: `${way}: p99 of ${kind}, against idle`,
        value: p99Of(measured, kind) / p99Of(idle, kind),
        unit: "x",
        goal: { atMost: times },
      }),
    ),
    { what: `${way}: max beyond waits for a lock's turn`, value: measured.beyond, unit: "ms", goal: { atMost: 250 } },
  ];
}

/** A line for whoever watches: the histogram of each kind. */
export function tellWay(way: string, measured: Measured): string {
  const busy = Number.isNaN(measured.busy) ? "" : `, ${(100 * measured.busy).toFixed(0)} % of the processors`;
  const kinds = benchKinds.map((kind) => `\n    ${kind.padEnd(8)} ${tellHistogram(ofKind(measured, kind))}`);
  return `${way}: ${measured.seconds.toFixed(1)} s${busy}${kinds.join("")}`;
}

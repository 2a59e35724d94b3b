import type { Result } from "../row.ts";
import { median } from "../support/measure.ts";
import { cases, type Kind } from "./cases.ts";
import type { Group, Measured, WayName } from "./ways.ts";

type RunsOf = (kind: Kind, name: WayName) => readonly Measured[] | undefined;

/** The ratios of events a second that the group has goals for: each the median over the rounds' ratios. */
export function compareWays(
  group: Group,
  connections: number,
  runsOf: RunsOf,
  withPgbench: boolean,
): readonly Result[] {
  const limit = connections === 1 ? 0.65 : 0.7;
  const ratio = (what: string, ours: Side, theirs: Side, least: number): Result => {
    const [mine, others] = [runsOf(...ours) ?? [], runsOf(...theirs) ?? []];
    const pairs = mine.map(({ rate }, round) => rate / (others[round]?.rate ?? Number.NaN));
    return { what: `${connections}: ${what}`, value: median(pairs), unit: "x", goal: { atLeast: least } };
  };
  const toLimit = (kind: Kind): Result =>
    withPgbench
      ? ratio(`${cases[kind].label}: handle / pgbench`, [kind, "handle"], [kind, "pgbench"], limit)
      : { what: `${connections}: ${cases[kind].label}: handle / pgbench`, notRun: "pgbench is missing" };
  const toThree = (kind: Kind, where: string, least: number): Result =>
    ratio(`${cases[kind].label}${where}: handle / three statements`, [kind, "handle"], [kind, "three"], least);
  switch (group) {
    case "known":
      return [toLimit("known"), toThree("known", "", 0.95)];
    case "new":
      return [toLimit("new"), toThree("new", "", 1.3)];
    case "delay":
      return [toThree("known", ", 1 ms", 1.5), toThree("new", ", 1 ms", 2)];
    case "repeat":
      return [
        toLimit("identical"),
        toLimit("changing"),
        ratio("identical repeat / repeat that changes, handle", ["identical", "handle"], ["changing", "handle"], 2),
      ];
  }
}

type Side = readonly [kind: Kind, name: WayName];

import { readFileSync } from "node:fs";
import { beginControl, type Decision, decide, type PaceMode } from "../../src/core/pace/controller.ts";
import type { Surroundings } from "../../src/core/pace/findings.ts";
import type { Orders, Sample } from "../../src/core/pace/sample.ts";

/** A look at a server where all is well and nobody is there. */
export const quiet: Sample = {
  at: 0,
  answerMs: 0.5,
  busy: 0,
  active: 0,
  waiting: 0,
  waitingForUs: 0,
  followers: [],
  vacuuming: false,
  requestedCheckpoints: 0,
};

/** Somebody works, a little, all the time. */
export const visited: Sample = { ...quiet, busy: 2, active: 0 };

export const noOrders: Orders = { bySignal: false, byFlag: false };

/** A stretch of time in which every look sees the same. */
export interface Stretch {
  readonly ms: number;
  readonly sees: Partial<Sample>;
  readonly orders?: Partial<Orders>;
}

/** The looks that `node scripts/record-looks.mjs` recorded of a real server. */
export function recorded(name: string): readonly Sample[] {
  const lines = readFileSync(new URL(`recorded/${name}.jsonl`, import.meta.url), "utf8")
    .trim()
    .split("\n");
  return lines.map((line): Sample => JSON.parse(line));
}

export interface PlayOptions {
  readonly mode?: PaceMode;
  readonly first?: Partial<Sample>;
  readonly known?: Partial<Surroundings>;
}

/** What the controller decides of these stretches, one after the other, a look every 200 ms: each decision with its time. */
export function play(
  stretches: readonly Stretch[],
  options: PlayOptions = {},
): readonly (Decision & { readonly at: number })[] {
  const looks: { sample: Sample; orders: Orders }[] = [];
  for (const { ms, sees, orders } of stretches) {
    for (let passed = 0; passed < ms; passed += 200) {
      looks.push({ sample: { ...quiet, ...sees, at: looks.length * 200 }, orders: { ...noOrders, ...orders } });
    }
  }
  return replay(looks, options);
}

/** The same of given looks. */
export function replay(
  looks: readonly { readonly sample: Sample; readonly orders: Orders }[],
  { mode = "auto", first = {}, known: more = {} }: PlayOptions = {},
): readonly (Decision & { readonly at: number })[] {
  const known: Surroundings = {
    answerMs: 0.5,
    processors: undefined,
    crowd: undefined,
    lag: undefined,
    ...more,
    first: { ...quiet, ...looks[0]?.sample, ...first },
  };
  let state = beginControl(mode, known);
  return looks.map(({ sample, orders }) => {
    const decided = decide(state, sample, orders, known);
    state = decided.state;
    return { ...decided.decision, at: sample.at };
  });
}

/** The states, each as often as it began. */
export function statesOf(decisions: readonly Decision[]): readonly string[] {
  const texts = decisions.map(({ state, because }) => (because === undefined ? state : `${state}: ${because.signal}`));
  return texts.filter((text, place) => text !== texts[place - 1]);
}

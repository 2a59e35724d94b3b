import { type Finding, judgeTraffic, judgeWal, type Signal, type Surroundings, since } from "./findings.ts";
import type { Orders, Sample } from "./sample.ts";
import { aloneBatchMs, fasterAfterMs, gentleLevel, levels, slowerAfterMs, thresholds } from "./thresholds.ts";

/** How a run goes: by what it sees, without a look at who is there, or slowly from the beginning. */
export type PaceMode = "auto" | "full" | "gentle";

/** What holds until the next look. */
export interface Decision {
  /** full speed: nobody is there, or nobody is asked. steady: beside others. */
  readonly state: "full speed" | "steady" | "slowed" | "paused";
  readonly batchMs: number;
  /** The rest after a batch, in lengths of the batch. */
  readonly rests: number;
  /** Why; absent where nothing is in the way. */
  readonly because?: { readonly signal: Signal; readonly reason: string } | undefined;
  /** Nobody else works on this server: what serves others can be left out. */
  readonly alone: boolean;
}

/** What the next decision needs of the ones before. */
export interface ControllerState {
  readonly mode: PaceMode;
  readonly looks: readonly Sample[];
  readonly level: number;
  readonly alone: boolean;
  /** When the level changed, and when something last spoke against a faster one. */
  readonly changedAt: number;
  readonly badAt: number;
  readonly holding: readonly Signal[];
  readonly because?: Decision["because"] | undefined;
}

/** A controller before its first decision. */
export function beginControl(mode: PaceMode, { first }: Pick<Surroundings, "first">): ControllerState {
  return {
    mode,
    looks: [],
    level: mode === "gentle" ? gentleLevel : 0,
    alone: mode === "auto" && first.busy === 0,
    changedAt: first.at,
    badAt: first.at,
    holding: [],
  };
}

/** Decides after a look. Pure: the same looks, orders and times give the same decisions. */
export function decide(
  before: ControllerState,
  sample: Sample,
  orders: Orders,
  known: Surroundings,
): { readonly state: ControllerState; readonly decision: Decision } {
  const { mode, level, holding } = before;
  const looks = since([...before.looks, sample], longestMs);
  const alone = mode === "auto" && isAlone(before.alone, looks);
  const now = { looks, level, holding };
  const findings = [
    ...judgeOrders(orders),
    ...judgeWal(now, known).filter(
      ({ signal }) => mode !== "full" || (signal === "replica" && known.lag !== undefined),
    ),
    ...(mode === "full" || alone ? [] : judgeTraffic(now, known)),
    // Last, since batches obey it by themselves: whatever else holds them is to be told.
    ...(orders.byFlag ? [hold("flag", "by the flag in ssot.pace")] : []),
  ];
  const state = move({ ...before, looks, alone }, findings, sample.at);
  return { state, decision: decisionOf(state) };
}

const longestMs = Math.max(thresholds.alone.forMs, thresholds.checkpoint.forMs);

function isAlone(before: boolean, all: readonly Sample[]): boolean {
  const { forMs, share, looks: few } = thresholds.alone;
  const looks = since(all, forMs);
  if (looks.some(({ busy }) => busy === null)) return false;
  const isBusy = ({ busy }: Sample): boolean => busy !== null && busy > 0;
  const seen = looks.filter(isBusy).length;
  if (before) return !(seen >= few && (seen > looks.length * share || looks.slice(-few).every(isBusy)));
  // Not before there was time enough to be seen.
  return looks.length < all.length && seen <= looks.length * share;
}

function hold(signal: Signal, reason: string): Finding {
  return { signal, asks: "hold", reason };
}

function judgeOrders({ bySignal, condition }: Orders): readonly Finding[] {
  return [
    ...(bySignal ? [hold("SIGUSR2", "by SIGUSR2; once more goes on")] : []),
    ...(condition === true ? [hold("--pause-when", "--pause-when is true")] : []),
    ...(typeof condition === "object"
      ? [hold("--pause-when", `--pause-when cannot be asked (${condition.failed})`)]
      : []),
  ];
}

function move(before: ControllerState, findings: readonly Finding[], at: number): ControllerState {
  const least = before.mode === "gentle" ? gentleLevel : 0;
  const slowest = levels.length - 1;
  const worst =
    findings.find(({ asks }) => asks === "hold") ?? findings.find(({ asks }) => asks === "slow") ?? findings[0];
  const because = worst === undefined ? before.because : { signal: worst.signal, reason: worst.reason };
  const isBad = findings.some(({ most = slowest }) => before.level <= most);
  const badAt = isBad ? at : before.badAt;
  const holding = findings.filter(({ asks }) => asks === "hold").map(({ signal }) => signal);
  const slows = findings.some(({ asks, most = slowest }) => asks === "slow" && before.level < most);
  const next = { ...before, badAt, holding, because };
  if (slows && at - before.changedAt >= slowerAfterMs) return { ...next, level: before.level + 1, changedAt: at };
  const canGain = before.level > least && at - badAt >= fasterAfterMs && at - before.changedAt >= fasterAfterMs;
  return canGain ? { ...next, level: before.level - 1, changedAt: at } : next;
}

function decisionOf({ mode, alone, level, holding, because }: ControllerState): Decision {
  const least = mode === "gentle" ? gentleLevel : 0;
  const isFree = (mode === "full" || alone) && level === 0;
  const speed = isFree ? { batchMs: aloneBatchMs, rests: 0 } : (levels[level] ?? levels[0]);
  if (holding.length > 0) return { state: "paused", ...speed, because, alone: false };
  if (level > least) return { state: "slowed", ...speed, because, alone: false };
  return { state: isFree ? "full speed" : "steady", ...speed, alone: isFree };
}

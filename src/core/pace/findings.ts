import type { FollowerLag, Sample } from "./sample.ts";
import { type LagLimit, levels, thresholds } from "./thresholds.ts";

/** What made the controller slow down or wait; the keys of a report. */
export type Signal =
  | "answer"
  | "waiting"
  | "waiting for us"
  | "load"
  | "autovacuum"
  | "checkpoints"
  | "replica"
  | "archiver"
  | "SIGUSR2"
  | "flag"
  | "--pause-when";

/** A signal that is not as it should be. */
export interface Finding {
  readonly signal: Signal;
  /** hold: no batch begins. slow: one level slower. stay: good enough for this level, not for a faster one. */
  readonly asks: "hold" | "slow" | "stay";
  /** It slows down to this level, no further. */
  readonly most?: number | undefined;
  /** In the words of a person. */
  readonly reason: string;
}

/** What is known besides the looks. */
export interface Surroundings {
  /** The answer time before the run began. */
  readonly answerMs: number;
  /** Processors of the server; undefined: nobody can tell. */
  readonly processors: number | undefined;
  /** How many sessions of others were at work before the run began; undefined: not known. */
  readonly crowd: number | undefined;
  /** The looks at which WAL was counted first. */
  readonly first: Sample;
  /** The limit that was asked for, counted from nothing; `off`: none; undefined: the default, counted from the first look. */
  readonly lag: LagLimit | "off" | undefined;
}

interface Now {
  /** The looks that count, oldest first: those of the longest time that any signal asks about. */
  readonly looks: readonly Sample[];
  readonly level: number;
  /** The signals that hold already: they let go later than they took hold. */
  readonly holding: readonly Signal[];
}

const latelyMs = 3_000;

/** The looks of the last so many ms. */
export function since(looks: readonly Sample[], ms: number): readonly Sample[] {
  const from = (looks.at(-1)?.at ?? 0) - ms;
  return looks.filter(({ at }) => at >= from);
}

/** What live requests would feel: only where there are any. Pure. */
export function judgeTraffic({ looks: all, level }: Now, known: Surroundings): readonly Finding[] {
  const looks = since(all, latelyMs);
  return [
    judgeAnswer(looks, known),
    judgeWaiting(looks),
    judgeWaitingForUs(looks),
    judgeLoad(looks, level, known),
    looks.at(-1)?.vacuuming
      ? ({ signal: "autovacuum", asks: "slow", most: 1, reason: "a vacuum is on the same table" } as const)
      : undefined,
    judgeCheckpoints(since(all, thresholds.checkpoint.forMs)),
  ].flatMap((finding) => finding ?? []);
}

/** What follows the WAL, and would fall behind whoever is there. Pure. */
export function judgeWal({ looks, holding }: Now, known: Surroundings): readonly Finding[] {
  const last = looks.at(-1);
  if (last === undefined) return [];
  const lags = known.lag === "off" ? [] : last.followers.map((each) => judgeLag(each, known, holding));
  return [...lags, judgeArchiver(last, known, holding)].flatMap((finding) => finding ?? []);
}

function judgeAnswer(looks: readonly Sample[], { answerMs }: Surroundings): Finding | undefined {
  const { times, moreMs, goodTimes } = thresholds.answer;
  const now = median(looks.slice(-8).map((look) => look.answerMs));
  const reason = `the server answers in ${Math.round(now)} ms instead of ${answerMs < 1 ? "under 1" : Math.round(answerMs)}`;
  if (now > answerMs * times && now > answerMs + moreMs) return { signal: "answer", asks: "slow", reason };
  return now > answerMs * goodTimes && now > answerMs + moreMs / 2
    ? { signal: "answer", asks: "stay", reason }
    : undefined;
}

function judgeWaiting(looks: readonly Sample[]): Finding | undefined {
  const { sessions, forMs } = thresholds.waiting;
  const within = since(looks, forMs);
  const seen = within.length < looks.length;
  const least = Math.min(...within.map(({ waiting }) => waiting ?? 0));
  if (!seen || least < sessions) return undefined;
  return { signal: "waiting", asks: "slow", reason: `${least} sessions wait for locks` };
}

function judgeWaitingForUs(looks: readonly Sample[]): Finding | undefined {
  const last = looks.slice(-thresholds.waitingForUs.looks);
  const n = Math.min(...last.map(({ waitingForUs }) => waitingForUs ?? 0));
  if (last.length < thresholds.waitingForUs.looks || n < 1) return undefined;
  return {
    signal: "waiting for us",
    asks: "slow",
    reason: n === 1 ? "a session waits for this run" : `${n} sessions wait for this run`,
  };
}

function judgeLoad(looks: readonly Sample[], level: number, known: Surroundings): Finding | undefined {
  const seen = looks.flatMap(({ active }) => active ?? []);
  if (seen.length === 0) return undefined;
  const active = seen.reduce((sum, n) => sum + n, 0) / seen.length;
  const { processors, crowd } = known;
  if (processors !== undefined) {
    const { share, goodShare } = thresholds.load;
    const reason = `${active.toFixed(1)} sessions of others at work on ${processors} processors`;
    if (active + dutyOf(level) > processors * share) return { signal: "load", asks: "slow", reason };
    return level > 0 && active + dutyOf(level - 1) > processors * goodShare
      ? { signal: "load", asks: "stay", reason }
      : undefined;
  }
  if (crowd === undefined) return undefined;
  const { times, sessions } = thresholds.crowd;
  if (active < sessions || active <= crowd * times) return undefined;
  return {
    signal: "load",
    asks: "slow",
    reason: `${active.toFixed(1)} sessions of others at work, ${crowd.toFixed(1)} before the run`,
  };
}

function judgeCheckpoints(looks: readonly Sample[]): Finding | undefined {
  const now = looks.at(-1);
  const before = looks[0];
  if (now === undefined || before === undefined || now.requestedCheckpoints === before.requestedCheckpoints)
    return undefined;
  return { signal: "checkpoints", asks: "slow", most: 2, reason: "WAL forces checkpoints before their time" };
}

function judgeLag(
  { name, bytes, seconds }: FollowerLag,
  known: Surroundings,
  holding: readonly Signal[],
): Finding | undefined {
  const limit: LagLimit = known.lag === "off" || known.lag === undefined ? thresholds.lag : known.lag;
  // Who was behind before is not behind because of us, unless somebody says how far behind is too far.
  const first = known.lag === undefined ? known.first.followers.find((each) => each.name === name) : undefined;
  const parts = [shareOf(bytes, first?.bytes, limit.bytes), shareOf(seconds, first?.seconds, limit.seconds)];
  const share = Math.max(...parts);
  const { slowShare } = thresholds.lag;
  if (share <= slowShare) return undefined;
  const far = (parts[0] ?? 0) >= (parts[1] ?? 0) ? formatSize(bytes ?? 0) : `${Math.round(seconds ?? 0)} s`;
  const reason = `replica ${far} behind`;
  const holds = share > 1 || holding.includes("replica");
  return { signal: "replica", asks: holds ? "hold" : "slow", reason };
}

function shareOf(now: number | null, before: number | null | undefined, limit: number | undefined): number {
  if (now === null || limit === undefined) return 0;
  return limit <= 0 ? (now > 0 ? 2 : 0) : (now - (before ?? 0)) / limit;
}

function judgeArchiver({ archiver }: Sample, { first }: Surroundings, holding: readonly Signal[]): Finding | undefined {
  if (archiver === undefined) return undefined;
  const { slowBytes, holdBytes } = thresholds.archiver;
  const grown = Math.max(0, (archiver.backlogBytes ?? 0) - (first.archiver?.backlogBytes ?? 0));
  const failures = archiver.failures - (first.archiver?.failures ?? 0);
  const waiting = `${formatSize(grown)} of WAL more than before wait for the archiver`;
  if (grown > holdBytes || (grown > slowBytes && holding.includes("archiver"))) {
    return { signal: "archiver", asks: "hold", reason: waiting };
  }
  if (archiver.failing && failures > 0) {
    return { signal: "archiver", asks: "slow", reason: `archiving fails (${failures} times since the run began)` };
  }
  if (grown > slowBytes) return { signal: "archiver", asks: "slow", reason: waiting };
  return grown > slowBytes / 2 ? { signal: "archiver", asks: "stay", reason: waiting } : undefined;
}

/** The share of the time that a run works at a level. */
function dutyOf(level: number): number {
  return 1 / (1 + (levels[Math.max(0, level)]?.rests ?? 0));
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function formatSize(bytes: number): string {
  const megabytes = bytes / 1024 / 1024;
  return megabytes >= 1024 ? `${(megabytes / 1024).toFixed(1)} GB` : `${Math.round(megabytes)} MB`;
}

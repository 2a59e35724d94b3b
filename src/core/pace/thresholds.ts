const megabyte = 1024 * 1024;

/** How far a follower may fall behind. */
export interface LagLimit {
  readonly bytes?: number | undefined;
  readonly seconds?: number | undefined;
}

/**
 * When a signal counts as bad, and below what as good again: between the two, nothing changes. docs/pace.md says why each is what it is,
 * and a test holds that table to these values.
 */
export const thresholds = {
  /** A tiny statement takes so many times its time before the run, and so many ms more. */
  answer: { times: 3, moreMs: 5, goodTimes: 2 },
  /** Sessions that wait for a lock at each look of the last second. */
  waiting: { sessions: 3, forMs: 1000 },
  /** Looks in a row at which somebody waits for the run. */
  waitingForUs: { looks: 2 },
  /** The share of the processors that the others' sessions and the run may take together. */
  load: { share: 0.75, goodShare: 0.65 },
  /** Where nobody knows the processors: so many times as many sessions at work as before the run, and at least so many. */
  crowd: { times: 2, sessions: 2 },
  /** For so long after a checkpoint that WAL forced. */
  checkpoint: { forMs: 30_000 },
  /** WAL that gathered for the archiver since the run began. */
  archiver: { slowBytes: 128 * megabyte, holdBytes: 1024 * megabyte },
  /** What a follower may fall behind by, since the run began, where nothing else is said. */
  lag: { bytes: 64 * megabyte, seconds: 10, slowShare: 0.5 },
  /** Of the looks of so long, how many may see somebody at work: others poll a server, too. */
  alone: { forMs: 10_000, share: 0.1, looks: 3 },
} as const;

/** How a batch is to be at each level: how long it may take, and for how many times its own length the run rests after it. */
export const levels = [
  { batchMs: 150, rests: 0 },
  { batchMs: 75, rests: 1 },
  { batchMs: 40, rests: 2 },
  { batchMs: 25, rests: 4 },
  { batchMs: 25, rests: 9 },
] as const;

/** With nobody there. Who comes meanwhile may have to wait for one such batch. */
export const aloneBatchMs = 400;
/** The level that `gentle` begins at, and never leaves but for a slower one: a fifth of the time is work. */
export const gentleLevel = 3;
/** At most one level slower in so long, and one faster: slow at once, fast again with patience. */
export const slowerAfterMs = 500;
export const fasterAfterMs = 3_000;

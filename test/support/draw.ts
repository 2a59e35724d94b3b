import { createHash } from "node:crypto";

/**
 * Which share of its cases a test takes that else draws a few: 1 in `npm run soak`, which takes all, less where
 * SSOT_TEST_SOAK says so, 0 in an ordinary run.
 */
export const soak = Number(process.env.SSOT_TEST_SOAK ?? 0);

/** Decides what is drawn. SSOT_TEST_SEED repeats a draw. */
export const seed: string = process.env.SSOT_TEST_SEED ?? String(Math.floor(Math.random() * 1_000_000));

/** A number of [0, 1) for a case, the same whenever the seed is the same. */
export function lotOf(name: string): number {
  return createHash("sha256").update(`${seed} ${name}`).digest().readUInt32BE() / 2 ** 32;
}

/** Tells the reader of the run what was drawn, or how much of it held. */
export function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** How often a property is tried: so often, or 25 times that in a soak. The runner tells the seed where it fails. */
export function trials(numRuns: number) {
  return { numRuns: Math.max(numRuns, Math.ceil(numRuns * 25 * soak)), seed: Number(seed) };
}

/** Whether a run takes all of what else is drawn: `npm run test:all`, a soak. */
const takesAll = soak > 0 || process.env.SSOT_TEST_ALL === "1";

/**
 * The cases of a long list that a run takes: about a share, never none, and all of them in `npm run test:all`. Tells how many, and the
 * seed that draws the same.
 */
export function draw<Case>(
  what: string,
  cases: readonly Case[],
  nameOf: (one: Case) => string,
  share: number,
): readonly Case[] {
  if (takesAll) return cases;
  const taken = cases.filter((one) => lotOf(`${what} ${nameOf(one)}`) < share);
  const drawn = taken.length > 0 ? taken : cases.slice(0, 1);
  tell(`${what}: ${drawn.length} of ${cases.length}, drawn with seed ${seed}`);
  return drawn;
}

/** The same for cases that take long each: so many of them, never more. */
export function drawSome<Case>(
  what: string,
  cases: readonly Case[],
  nameOf: (one: Case) => string,
  most: number,
): readonly Case[] {
  if (takesAll) return cases;
  const lot = (one: Case): number => lotOf(`${what} ${nameOf(one)}`);
  tell(`${what}: ${most} of ${cases.length}, drawn with seed ${seed}`);
  return cases.toSorted((a, b) => lot(a) - lot(b)).slice(0, most);
}

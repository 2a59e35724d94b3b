import { createHash } from "node:crypto";

/** Set by `npm run soak`: a test that draws some of its cases takes all of them. */
export const isSoak = process.env.SSOT_TEST_SOAK === "1";

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

/** How long a property is tried: some seconds, or a hundred times that often in a soak. The runner tells the seed where it fails. */
export function trials(numRuns: number, seconds: number) {
  return isSoak
    ? { numRuns: numRuns * 25, seed: Number(seed) }
    : { numRuns, seed: Number(seed), interruptAfterTimeLimit: seconds * 1000, markInterruptAsFailure: false };
}

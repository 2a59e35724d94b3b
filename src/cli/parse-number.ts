import { InvalidArgumentError } from "commander";

// PostgreSQL's integers, in which its settings are counted.
const largest = 2_147_483_647;

/** A parser of whole numbers from `least` to `most`, for an option's argument. */
export function wholeNumber(least: number, most = largest): (text: string) => number {
  return (text) => {
    const n = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (n >= least && n <= most) return n;
    throw new InvalidArgumentError(`Expected a whole number from ${least} to ${most}.`);
  };
}

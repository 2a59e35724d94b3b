import { InvalidArgumentError } from "commander";

const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, min: 60_000, h: 3_600_000 };

/** A duration as people say it, in ms: `500ms`, `2s`, `1.5min`, `1h`. */
export function parseDuration(text: string): number {
  const [, number, name] = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|min|h)$/.exec(text) ?? [];
  const unit = units[name ?? ""];
  if (number !== undefined && unit !== undefined) return Number(number) * unit;
  throw new InvalidArgumentError("Expected a duration such as 500ms, 2s or 5min.");
}

import { InvalidArgumentError } from "commander";

const units: Readonly<Record<string, number>> = { h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** A moment in the past: `12h`, `30d`, `4w` ago, or a date such as `2026-02-09`. */
export function parseSince(text: string): Date {
  const ago = /^(\d{1,5})([hdw])$/.exec(text);
  const unit = units[ago?.[2] ?? ""];
  if (ago?.[1] !== undefined && unit !== undefined) return new Date(Date.now() - Number(ago[1]) * unit);
  const date = /^\d{4}-\d\d-\d\d([T ][\d:.]+(Z|[+-]\d\d:?\d\d)?)?$/.test(text) ? new Date(text) : new Date(Number.NaN);
  if (!Number.isNaN(date.getTime()) && date.getTime() <= Date.now()) return date;
  throw new InvalidArgumentError("Expected a time ago such as 12h, 30d or 4w, or a past date such as 2026-02-09.");
}

import { InvalidArgumentError } from "commander";
import type { LagLimit } from "../core/pace/thresholds.ts";
import { parseDuration } from "./parse-duration.ts";

const units: Readonly<Record<string, number>> = { kB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 };

/** How far a replica may fall behind: a size as PostgreSQL writes it (`64MB`), a duration (`5s`), or `off`. */
export function parseLag(text: string): LagLimit | "off" {
  if (text === "off") return "off";
  const [, number, name] = /^(\d{1,9})(kB|MB|GB)$/.exec(text) ?? [];
  const unit = units[name ?? ""];
  if (number !== undefined && unit !== undefined) return { bytes: Number(number) * unit };
  try {
    return { seconds: parseDuration(text) / 1000 };
  } catch {
    throw new InvalidArgumentError("Expected a size such as 64MB, a duration such as 5s, or off.");
  }
}

import { statfsSync } from "node:fs";
import { SsotError } from "../../../model/errors.ts";

// A server's own files, its WAL, and what temporary files need.
const fixedBytes = 512 * 1024 ** 2;
// What migrations write anew, and keep of what was.
const factor = 1.5;

/** Throws PREFLIGHT where a copy of so many bytes, and what is done to it, does not fit below the folder. */
export function refuseNoRoom(folder: string, databaseBytes: number): void {
  const { bavail, bsize } = statfsSync(folder);
  const [free, needed] = [bavail * bsize, neededBytes(databaseBytes)];
  if (free >= needed) return;
  throw new SsotError(
    "PREFLIGHT",
    `the copy does not fit into ${folder}: about ${gigabytes(needed)} are needed, ${gigabytes(free)} are free`,
    {
      hint: "Set TMPDIR to a folder with room, or make a copy elsewhere and name it with --on URL. The target was only read.",
    },
  );
}

/** Pure. */
export function neededBytes(databaseBytes: number): number {
  return Math.ceil(databaseBytes * factor) + fixedBytes;
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1024 ** 3).toFixed(1)} GB`;
}

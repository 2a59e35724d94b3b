// Processor time from /proc; null where there is none.
import { readFileSync } from "node:fs";

/** Seconds that a server has used, over all its processes, those that have ended included. */
export function serverSeconds(postmaster: number): number | null {
  try {
    const children = readFileSync(`/proc/${postmaster}/task/${postmaster}/children`, "utf8").trim().split(" ");
    const ended = ticks(postmaster);
    const own = (ended[0] + ended[1] + ended[2] + ended[3]) / 100;
    return children.reduce((sum, child) => sum + (processSeconds(Number(child)) ?? 0), own);
  } catch {
    return null;
  }
}

/** Seconds that one process has used. */
export function processSeconds(pid: number): number | null {
  try {
    const [user, system] = ticks(pid);
    return (user + system) / 100;
  } catch {
    return null;
  }
}

// User and system time of a process, and of its ended children, in hundredths of a second.
function ticks(pid: number): readonly [number, number, number, number] {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const at = (place: number): number => Number(fields[place] ?? 0);
  return [at(11), at(12), at(13), at(14)];
}

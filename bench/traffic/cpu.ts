import { readFileSync } from "node:fs";

/**
 * Seconds of processor time that a server and this process have used; undefined where there is no /proc. `postmaster` is
 * the server's first process.
 */
export function secondsUsed(postmaster: number): number | undefined {
  try {
    const children = readFileSync(`/proc/${postmaster}/task/${postmaster}/children`, "utf8").trim().split(" ");
    const { user, system } = process.cpuUsage();
    return [postmaster, ...children.map(Number)].reduce((sum, pid) => sum + ticksOf(pid) / 100, (user + system) / 1e6);
  } catch {
    return undefined;
  }
}

// In hundredths of a second, with those of its children that have ended.
function ticksOf(pid: number): number {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  } catch {
    return 0;
  }
}

import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { currentProcess, isAlive } from "./process-identity.ts";

/** Notes in `folder` that this process uses the server. The returned path names the entry; remove it when done. */
export function registerUser(folder: string): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { pid, started } = currentProcess();
  const entry = join(folder, `${pid}-${started}-${randomBytes(6).toString("hex")}`);
  writeFileSync(entry, "", { flag: "wx", mode: 0o600 });
  return entry;
}

/** How many live processes use the server; entries of ended ones are removed. 0 when there is no such folder. */
export function countUsers(folder: string): number {
  let count = 0;
  for (const name of listEntries(folder)) {
    const [pid = "", started = ""] = name.split("-");
    if (isAlive({ pid: Number(pid), started })) count += 1;
    else rmSync(join(folder, name), { force: true });
  }
  return count;
}

function listEntries(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

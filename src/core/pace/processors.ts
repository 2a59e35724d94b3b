import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";

/**
 * How many processors a server has, where it is this machine: the process of its session is one of ours. An address would not prove
 * that, which may be a tunnel's. Undefined where nobody can tell.
 */
export async function countProcessors(pid: number): Promise<number | undefined> {
  const name = await readFile(`/proc/${pid}/comm`, "utf8").catch(() => "");
  return /^(postgres|postmaster)/.test(name) ? availableParallelism() : undefined;
}

import { appendFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, inject } from "vitest";

// Workers are processes, so what they tried is told in a file; short lines that are appended arrive whole.
function tell(by: string, held: boolean): void {
  appendFileSync(inject("attacks"), `${held ? "held" : "broke"} ${by}\n`);
}

/** Tries one attack, as whoever is named. It holds where `work` ends well: then nothing was had, changed or believed. */
export async function attack<T>(by: string, work: () => T | Promise<T>): Promise<T> {
  try {
    const result = await work();
    tell(by, true);
    return result;
  } catch (error) {
    tell(by, false);
    throw error;
  }
}

/** Counts each test of this file as one attack. */
export function countAttacks(by: string): void {
  afterEach(({ task }) => tell(by, task.result?.state !== "fail"));
}

/** For the run as a whole: where attacks are told, and what ends that with one line for all of them. */
export function openAttacks(): { readonly path: string; readonly close: (say: (line: string) => void) => void } {
  const directory = mkdtempSync(join(tmpdir(), "ssot-attacks-"));
  const path = join(directory, "attacks");
  appendFileSync(path, "");
  return {
    path,
    close: (say) => {
      const lines = readFileSync(path, "utf8").split("\n").filter(Boolean);
      rmSync(directory, { recursive: true, force: true });
      if (lines.length === 0) return;
      const by = new Map<string, number>();
      for (const line of lines) {
        const who = line.slice(line.indexOf(" ") + 1);
        by.set(who, (by.get(who) ?? 0) + 1);
      }
      const held = lines.filter((line) => line.startsWith("held ")).length;
      const who = [...by].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, n]) => `${name} ${n}`);
      say(`attacks: ${lines.length} tried, ${held} held (${who.join(", ")})`);
    },
  };
}

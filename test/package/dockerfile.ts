import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../src/model/package-root.ts";

/** A line of the Dockerfile, continued lines joined: `RUN`, and what follows it. */
interface Instruction {
  readonly name: string;
  readonly rest: string;
}

/** What stands from one FROM to the next. */
export interface Stage {
  readonly base: string;
  readonly alias: string | undefined;
  readonly instructions: readonly Instruction[];
}

export function readStages(): readonly Stage[] {
  const text = readFileSync(join(packageRoot(), "Dockerfile"), "utf8")
    .replace(/^#.*\n/gm, "")
    .replace(/\\\n\s*/g, " ");
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const stages: { base: string; alias: string | undefined; instructions: Instruction[] }[] = [];
  for (const line of lines) {
    const [, name = "", rest = ""] = /^([A-Z]+) (.+)$/.exec(line) ?? [];
    if (name === "") throw new Error(`no instruction: ${line}`);
    if (name === "FROM") {
      const [base = "", , alias] = rest.split(/ +/);
      stages.push({ base, alias, instructions: [] });
    } else stages.at(-1)?.instructions.push({ name, rest });
  }
  return stages;
}

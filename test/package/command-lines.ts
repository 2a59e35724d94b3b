import { PassThrough } from "node:stream";
import { keepEvidence } from "../../src/cli/evidence.ts";
import { TargetReached } from "../../src/cli/invocation.ts";
import { createProgram } from "../../src/cli/program.ts";

/**
 * Has the program itself read a command line, and its command check the options, up to where it would ask the database. What is wrong
 * with it; undefined where it would run.
 */
export async function problemOf(words: readonly string[]): Promise<string | undefined> {
  const output = new PassThrough();
  const io = {
    stdin: output,
    stdout: output,
    stderr: output,
    env: {},
    cwd: () => "/",
    on: () => {},
    off: () => {},
    exit: () => {},
  };
  const rest = { evidence: keepEvidence(), onFinish: () => {}, untilTarget: true };
  const program = await createProgram({ args: words, io, signal: new AbortController().signal, ...rest });
  try {
    await program.parseAsync([...words], { from: "user" });
    return "it asks no database";
  } catch (error) {
    if (error instanceof TargetReached) return undefined;
    return error instanceof Error ? error.message : String(error);
  }
}

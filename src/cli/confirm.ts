import { createInterface } from "node:readline/promises";
import type { Target } from "../db/target.ts";
import { SsotError } from "../model/errors.ts";
import type { Invocation } from "./invocation.ts";

/** Whether somebody has to be asked: `--yes` has answered already. */
export function mustAsk({ options }: Invocation): boolean {
  return options.yes !== true;
}

/** Throws USAGE where a question would reach nobody and `--yes` does not answer it. `why` says what would be asked. */
export function refuseSilence(invocation: Invocation, why: string, hint: string): void {
  const { stdin, stderr } = invocation.io;
  if (!mustAsk(invocation) || (stdin.isTTY === true && stderr.isTTY === true)) return;
  throw new SsotError("USAGE", `${why}, and there is no terminal to ask on: expected --yes`, { hint });
}

/** Somebody was asked, and said no: an end, and no error, with the exit code of an interrupt. */
export class Declined extends SsotError {
  constructor() {
    super("INTERRUPTED", "not confirmed; nothing was changed");
  }
}

/** Asks on the terminal whether to go on. Throws Declined for any answer but yes, INTERRUPTED after an interrupt. */
export async function ask({ io, signal }: Invocation, question: string): Promise<void> {
  // A reader that edits lines itself would take Ctrl-C away from our own listener.
  const reader = createInterface({ input: io.stdin, output: io.stderr, terminal: false });
  try {
    const ended = new Promise<string>((done) => reader.once("close", () => done("")));
    const answer = await Promise.race([reader.question(`${question} [y/N] `, { signal }), ended]);
    if (/^\s*y(es)?\s*$/i.test(answer)) return;
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    reader.close();
  }
  if (!signal.aborted) throw new Declined();
  throw new SsotError("INTERRUPTED", "stopped before anything was changed");
}

/** Asks before a database is changed that was named by `.env` alone: it is easily another one than meant. */
export async function confirmSource(invocation: Invocation, target: Target, name: string): Promise<void> {
  if (target.source !== ".env" || !mustAsk(invocation)) return;
  refuseSilence(invocation, `the database comes from .env (${name})`, "Or name the database: --database-url URL");
  await ask(invocation, `The database comes from .env: ${name}. Go on?`);
}

import { type Member, secretsOf } from "../../core/fleet/member.ts";
import type { Ended } from "../../core/fleet/outcome.ts";
import type { Invocation } from "../invocation.ts";
import type { Told } from "./messages.ts";
import { blankError, blankSecrets } from "./secrets.ts";
import { Workers } from "./workers.ts";

/** Runs commands on targets, in processes of their own. */
export interface Runner {
  run(member: Member, url: string, args: readonly string[]): Promise<Ended>;
  close(): void;
}

interface Listener {
  onTold(name: string, what: Told): void;
}

/** An interrupt stops what is at work at a safe point. What is told, and what errors say, is blanked before anybody sees it. */
export function createRunner(
  { io, signal }: Pick<Invocation, "io" | "signal">,
  members: readonly Member[],
  listener: Listener,
): Runner {
  const workers = new Workers(io);
  const blank = blankSecrets(secretsOf(members));
  const abort = (): void => workers.abort();
  signal.addEventListener("abort", abort);
  return {
    run: async ({ name, target }, url, args) => {
      // A URL without a password has none of the environment either, where the list may have been written by somebody else.
      const without = target.password === undefined ? ["PGPASSWORD"] : [];
      const ended = await workers.run({ args, url, without }, (what) => listener.onTold(name, blankTold(what, blank)));
      return { exit: ended.exit, report: blankError(ended.report, blank) };
    },
    close: () => {
      signal.removeEventListener("abort", abort);
      workers.close();
    },
  };
}

function blankTold(what: Told, blank: (text: string) => string): Told {
  if ("waits" in what) return { waits: blank(what.waits) };
  if ("warning" in what) return { warning: blank(what.warning) };
  if ("sql" in what) return { sql: blank(what.sql) };
  return what;
}

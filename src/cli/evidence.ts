import { serverSeen } from "../db/server-seen.ts";
import type { Target } from "../db/target.ts";
import { placeOf, type ShownEvidence } from "../model/evidence.ts";
import { readVersion } from "../model/version.ts";
import { formatServerVersion } from "../report/format.ts";
import type { ToldOptions } from "./told-options.ts";

/** Gathers, while a command runs, what its report has to say besides its findings. */
export interface EvidenceKeeper {
  /** The command that was named, and how it was asked for. */
  begin(command: string, told: ToldOptions): void;
  /** The database that is worked on; `inReport`: the report names it itself. */
  onTarget(target: Target, how?: { readonly inReport: boolean }): void;
  /** The reader was told the target on his terminal. */
  targetIsTold(): void;
  /** What options came to, with what is configured. */
  refine(options: Readonly<Record<string, unknown>>): void;
  /** All of it by now. */
  read(): ShownEvidence;
}

/** Begins with the command; `now` is the clock. */
export function keepEvidence(now: () => Date = () => new Date()): EvidenceKeeper {
  const at = now();
  let command: string | null = null;
  let told: ToldOptions = { options: {}, given: [] };
  let target: Target | undefined;
  let toldBy: ShownEvidence["targetToldBy"] = null;
  return {
    begin: (name, options) => {
      command = name;
      told = options;
    },
    onTarget: (found, how = { inReport: false }) => {
      target = found;
      toldBy = how.inReport ? "report" : null;
    },
    targetIsTold: () => {
      toldBy ??= "terminal";
    },
    refine: (options) => {
      told = { ...told, options: { ...told.options, ...options } };
    },
    read: () => {
      const version = target === undefined ? undefined : serverSeen(target);
      return {
        command,
        at,
        tool: readVersion(),
        server: version === undefined ? null : formatServerVersion(version),
        target: target === undefined ? null : placeOf(target),
        options: told.options,
        durationMs: Math.max(0, now().getTime() - at.getTime()),
        given: told.given,
        targetToldBy: toldBy,
      };
    },
  };
}

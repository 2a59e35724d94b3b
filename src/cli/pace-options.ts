import { type Command, Option } from "commander";
import type { PaceOptions } from "../core/pace/run-pace.ts";
import type { LagLimit } from "../core/pace/thresholds.ts";
import type { Invocation } from "./invocation.ts";
import { parseLag } from "./parse-lag.ts";

export interface PaceFlags {
  readonly pace: "auto" | "full" | "gentle";
  readonly maxLag?: LagLimit | "off";
  readonly pauseWhen?: string;
}

/** How fast a run goes, and what it waits for. */
export function addPaceOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        "--pace <how>",
        "auto: fast while nobody else is there, slower as they feel it; full; gentle: five times as long",
      )
        .choices(["auto", "full", "gentle"])
        .default("auto"),
    )
    .addOption(
      new Option(
        "--max-lag <bytes|seconds>",
        "wait while a replica is further behind, 64MB or 5s; off (default: 64MB or 10s more than before)",
      ).argParser(parseLag),
    )
    .option("--pause-when <sql>", "wait while this SELECT is true; asked once a second");
}

/**
 * Works with what the command line says of the pace. Meanwhile SIGUSR2 pauses the run, and the next one lets it go on. (SIGUSR1 would open
 * Node's debugger.)
 */
export async function withPace<T>(
  { io }: Pick<Invocation, "io">,
  { pace: mode, maxLag: lag, pauseWhen }: PaceFlags,
  work: (pace: PaceOptions) => Promise<T>,
): Promise<T> {
  const pauseSwitch = { paused: false };
  const toggle = (): void => {
    pauseSwitch.paused = !pauseSwitch.paused;
    io.stderr.write(pauseSwitch.paused ? "\npausing after this batch; SIGUSR2 once more goes on\n" : "\ngoing on\n");
  };
  // Windows has no such signal.
  const isKnown = process.platform !== "win32";
  if (isKnown) io.on("SIGUSR2", toggle);
  try {
    return await work({ mode, lag, pauseWhen, pauseSwitch });
  } finally {
    if (isKnown) io.off("SIGUSR2", toggle);
  }
}

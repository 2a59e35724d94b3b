import { SsotError } from "../model/errors.ts";
import type { Io, Signal } from "./io.ts";

export interface Interrupt {
  readonly signal: AbortSignal;
  /** Ends listening. */
  stop(): void;
}

const signals: readonly Signal[] = ["SIGINT", "SIGTERM"];
const interrupted = 130;

/** Turns the first SIGINT or SIGTERM into an abort, and says so; a second one ends the process at once. */
export function listenForInterrupt(io: Io): Interrupt {
  const controller = new AbortController();
  const listen = (): void => {
    if (controller.signal.aborted) {
      io.exit(interrupted);
      return;
    }
    io.stderr.write("\nstopping at a safe point; once more ends at once\n");
    controller.abort();
  };
  for (const name of signals) io.on(name, listen);
  return {
    signal: controller.signal,
    stop: () => {
      for (const name of signals) io.off(name, listen);
    },
  };
}

/** Waits for work that changes nothing, and no longer than to an interrupt: then throws INTERRUPTED. */
export async function untilInterrupted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop = (): void => {};
  const stopped = new Promise<never>((_, reject) => {
    stop = () => reject(new SsotError("INTERRUPTED", "interrupted; nothing was changed"));
    signal.addEventListener("abort", stop);
    if (signal.aborted) stop();
  });
  try {
    return await Promise.race([work, stopped]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

import type { PaceNow, Progress } from "../core/progress.ts";
import { visible, visibleLines } from "../model/visible.ts";
import { formatServerVersion } from "../report/format.ts";
import { renderProgressBar, renderProgressLine } from "../report/render-progress.ts";
import { createStyle } from "../report/style.ts";
import { wrapText } from "../report/wrap.ts";
import type { Invocation } from "./invocation.ts";
import { wantsColor, widthOf } from "./io.ts";
import { StepClock } from "./step-clock.ts";

/** Tells on stderr what a command is at. */
export interface ProgressPrinter {
  readonly progress: Progress;
  /** Names what is done now, when the core does not. */
  begin(step: string): void;
  /** Takes the drawn line away and stops; what is written afterwards stands alone. */
  close(): void;
}

const redrawMs = 100;
const logMs = 5_000;
const clearLine = "\r\u001b[2K";

/**
 * On a terminal one line that is drawn anew; elsewhere a line a migration, and for a step that takes long one every five
 * seconds. `--quiet` leaves warnings; `--verbose` adds every SQL text.
 */
export function createProgress({
  io,
  options,
  signal,
  evidence,
}: Pick<Invocation, "io" | "options" | "signal"> & Partial<Pick<Invocation, "evidence">>): ProgressPrinter {
  const { progress: told } = io;
  if (told !== undefined) return { progress: told, begin: (step) => told.onStage?.(step), close: () => {} };
  const output = io.stderr;
  const width = widthOf(output);
  const style = createStyle({ color: wantsColor(output, io.env, options.color), width });
  const onTerminal = output.isTTY === true && io.env.TERM !== "dumb";
  const clock = new StepClock();
  let drawn = false;
  const clear = (): void => {
    if (drawn) output.write(clearLine);
    drawn = false;
  };
  const write = (text: string): void => {
    clear();
    output.write(`${text}\n`);
  };
  const tell = (label: string, text: string): string => {
    const first = label.padEnd(8);
    return wrapText(visible(text), { width, first, rest: " ".repeat(first.length) });
  };
  const tick = (): void => {
    const now = clock.read();
    if (now === undefined || signal.aborted) return;
    if (onTerminal) {
      output.write(`${clearLine}${renderProgressBar(now, { ...style, width: widthOf(output) })}`);
      drawn = true;
    } else if (now.elapsedMs >= logMs) {
      write(renderProgressLine(now));
    }
  };
  const timer = options.quiet ? undefined : setInterval(tick, onTerminal ? redrawMs : logMs);
  timer?.unref();

  // Changes of state are told at most every five seconds, the begin and the end of a pause always.
  let toldPace = { at: Number.NEGATIVE_INFINITY, state: "" };
  const tellPace = ({ state, reason, isNew }: PaceNow): void => {
    const text = reason === undefined ? state : `${state}: ${reason}`;
    clock.slowed(state === "slowed" || state === "paused" ? visible(text) : undefined);
    const now = performance.now();
    // Nothing is in the way from the beginning: that goes without saying.
    if (toldPace.state === "" && reason === undefined) toldPace = { ...toldPace, state };
    const isPause = state !== toldPace.state && (state === "paused" || toldPace.state === "paused");
    if (!isNew || (state === toldPace.state && reason === undefined) || (!isPause && now - toldPace.at < logMs)) return;
    toldPace = { at: now, state };
    if (!onTerminal || isPause) write(tell("pace", text));
  };
  const loud: Progress = {
    onPace: tellPace,
    onPaceNote: (note) => write(tell("pace", note)),
    onTarget: (target, version) => {
      if (onTerminal) evidence?.targetIsTold();
      write(tell("target", `${target} (PostgreSQL ${formatServerVersion(version)})`));
      clock.begin("looking at the database");
    },
    onWait: (holder) => {
      write(tell("wait", `another run is at work (${holder}); waiting for its end`));
      clock.begin("waiting");
    },
    onStage: (what) => {
      if (!onTerminal) write(tell("now", what));
      clock.begin(visible(what));
    },
    onMigration: (name) => {
      if (!onTerminal) write(`  ${visible(name)}`);
    },
    onStep: (_, step) => clock.begin(visible(step)),
    onRows: (_, done, total) => clock.count(done, total),
    onBlocked: (step, blockers) => write(tell("wait", `step ${step} waits for ${blockers.join("; ")}`)),
    onRetry: (step, attempt, blockers) => {
      const who = blockers.length === 0 ? "" : `; in the way: ${blockers.join("; ")}`;
      write(tell("retry", `step ${step} got no lock at try ${attempt} and goes on trying${who}`));
    },
  };
  const always: Progress = {
    onWarning: (message) => {
      const text = tell("warning", message);
      write(style.look("warning") + text.slice("warning".length));
    },
  };
  const verbose: Progress = { onSql: (text) => write(style.dim(visibleLines(text.trim()))) };
  return {
    progress: { ...(options.quiet ? {} : loud), ...always, ...(options.verbose ? verbose : {}) },
    begin: (step) => clock.begin(visible(step)),
    close: () => {
      clearInterval(timer);
      clear();
    },
  };
}

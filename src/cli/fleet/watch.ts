import type { FleetCommand, FleetState, TargetOutcome } from "../../core/fleet/report.ts";
import type { FleetWatch } from "../../core/fleet/run-fleet.ts";
import { visible, visibleLines } from "../../model/visible.ts";
import { renderLive } from "../../report/fleet/live.ts";
import { isFine, stateWords, summarise } from "../../report/fleet/summary.ts";
import { formatDuration } from "../../report/format.ts";
import { renderProgressLine } from "../../report/render-progress.ts";
import { createStyle } from "../../report/style.ts";
import type { Invocation } from "../invocation.ts";
import { wantsColor, widthOf } from "../io.ts";
import { StepClock } from "../step-clock.ts";
import type { Told } from "./messages.ts";
import { Painter } from "./painter.ts";

/** Shows on stderr what a fleet is at. */
export interface Watch extends FleetWatch {
  onTold(name: string, what: Told): void;
  /** Before a question: what is drawn is taken away. */
  pause(): void;
  close(): void;
}

interface AtWork {
  readonly clock: StepClock;
  waits: string | undefined;
}

const redrawMs = 200;
const logMs = 5_000;
const usualHeight = 24;

/**
 * On a terminal a table of what is at work, drawn anew, and a line for each target that somebody has to look at; elsewhere a line for
 * each that ended, and every five seconds one for each that takes long. `--quiet` leaves warnings.
 */
export function createWatch({ io, options, signal }: Invocation, of: FleetCommand, targets: number): Watch {
  const output = io.stderr;
  const style = createStyle({ color: wantsColor(output, io.env, options.color), width: widthOf(output) });
  const draws = output.isTTY === true && io.env.TERM !== "dumb" && !options.quiet;
  const painter = new Painter(output);
  const atWork = new Map<string, AtWork>();
  const ended = new Map<FleetState, number>();
  let looked = 0;
  let paused = false;
  const write = (text: string): void => {
    painter.clear();
    output.write(`${text}\n`);
  };
  const loud = (text: string): void => {
    if (!options.quiet) write(text);
  };
  const draw = (): void => {
    if (signal.aborted || paused) return;
    if (looked < targets) {
      painter.draw([`looked at ${looked} of ${targets} targets`]);
      return;
    }
    const rows = [...atWork].map(([name, { clock, waits }]) => ({ name, at: clock.read(), waits }));
    const counts = [...ended].map(([state, count]) => [stateWords[state], count] as const);
    const table = { rows, ended: counts, targets };
    painter.draw(renderLive(table, { ...style, width: widthOf(output) }, output.rows ?? usualHeight));
  };
  const log = (): void => {
    for (const [name, { clock }] of atWork) {
      const now = clock.read();
      if (now !== undefined && now.elapsedMs >= logMs) loud(`${name}  ${renderProgressLine(now).trim()}`);
    }
  };
  const timer = setInterval(draws ? draw : log, draws ? redrawMs : logMs);
  timer.unref();
  return {
    onSurvey: (count, total) => {
      looked = count;
      if (!draws && looked === total) loud(`looked at ${total} targets`);
    },
    onStart: (name, what) => {
      paused = false;
      const clock = new StepClock();
      clock.begin(what === "run" ? of : what);
      atWork.set(name, { clock, waits: undefined });
    },
    onLater: (name) => {
      atWork.delete(name);
      loud(`${name}  somebody else is at work there: again at the end`);
    },
    onEnd: (outcome) => {
      atWork.delete(outcome.name);
      ended.set(outcome.state, (ended.get(outcome.state) ?? 0) + 1);
      if (!draws || !isFine(outcome)) loud(describe(outcome));
    },
    onTold: (name, what) => {
      const row = atWork.get(name);
      if (row !== undefined) row.waits = "waits" in what ? visible(what.waits) : undefined;
      if ("step" in what) row?.clock.begin(visible(what.step));
      else if ("done" in what) row?.clock.count(what.done, what.total);
      else if ("warning" in what) write(`${style.look("warning")}  ${name}: ${visible(what.warning)}`);
      else if ("sql" in what) write(style.dim(`${name}  ${visibleLines(what.sql.trim())}`));
      else if (!draws) loud(`${name}  waits for ${visible(what.waits)}`);
    },
    pause: () => {
      paused = true;
      painter.clear();
    },
    close: () => {
      clearInterval(timer);
      painter.clear();
    },
  };
}

function describe(outcome: TargetOutcome): string {
  const time = outcome.durationMs > 0 ? ` (${formatDuration(outcome.durationMs)})` : "";
  return `${outcome.name}  ${stateWords[outcome.state]}  ${visible(summarise(outcome))}${time}`;
}

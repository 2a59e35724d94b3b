import type { Member } from "../../core/fleet/member.ts";
import type { FleetCommand, TargetOutcome } from "../../core/fleet/report.ts";
import type { FleetWatch } from "../../core/fleet/run-fleet.ts";
import { visible, visibleLines } from "../../model/visible.ts";
import { stateWords, summarise } from "../../report/fleet/summary.ts";
import { formatDuration } from "../../report/format.ts";
import { renderProgressLine } from "../../report/render-progress.ts";
import { createStyle } from "../../report/style.ts";
import type { Invocation } from "../invocation.ts";
import { wantsColor, widthOf } from "../io.ts";
import { StepClock } from "../step-clock.ts";
import type { Told } from "./messages.ts";

/** Shows on stderr what a fleet is at. */
export interface Watch extends FleetWatch {
  onTold(name: string, what: Told): void;
  /** Before a question: what is drawn is taken away. */
  pause(): void;
  close(): void;
}

const logMs = 5_000;

/** A line for each target that ended, and every five seconds one for each that takes long. `--quiet` leaves warnings. */
export function createWatch({ io, options }: Invocation, of: FleetCommand, _members: readonly Member[]): Watch {
  const style = createStyle({ color: wantsColor(io.stderr, io.env, options.color), width: widthOf(io.stderr) });
  const running = new Map<string, StepClock>();
  const write = (text: string): void => {
    io.stderr.write(`${text}\n`);
  };
  const loud = (text: string): void => {
    if (!options.quiet) write(text);
  };
  const tick = (): void => {
    for (const [name, clock] of running) {
      const now = clock.read();
      if (now !== undefined && now.elapsedMs >= logMs) loud(`${name}  ${renderProgressLine(now).trim()}`);
    }
  };
  const timer = setInterval(tick, logMs);
  timer.unref();
  return {
    onSurvey: (looked, total) => {
      if (looked === total) loud(`looked at ${total} targets`);
    },
    onStart: (name, what) => {
      const clock = new StepClock();
      clock.begin(what === "run" ? of : what);
      running.set(name, clock);
    },
    onLater: (name) => {
      running.delete(name);
      loud(`${name}  somebody else is at work there: again at the end`);
    },
    onEnd: (outcome: TargetOutcome) => {
      running.delete(outcome.name);
      const time = outcome.durationMs > 0 ? ` (${formatDuration(outcome.durationMs)})` : "";
      loud(`${outcome.name}  ${stateWords[outcome.state]}  ${visible(summarise(outcome))}${time}`);
    },
    onTold: (name, what) => {
      const clock = running.get(name);
      if ("step" in what) clock?.begin(visible(what.step));
      else if ("done" in what) clock?.count(what.done, what.total);
      else if ("warning" in what) write(`${style.look("warning")}  ${name}: ${visible(what.warning)}`);
      else if ("waits" in what) loud(`${name}  waits for ${visible(what.waits)}`);
      else write(style.dim(`${name}  ${visibleLines(what.sql.trim())}`));
    },
    pause: () => {},
    close: () => clearInterval(timer),
  };
}

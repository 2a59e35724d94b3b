import type { Progress } from "../core/progress.ts";
import { formatServerVersion } from "../report/format.ts";
import { renderProgressBar, renderProgressLine, type StepProgress } from "../report/render-progress.ts";
import { createStyle } from "../report/style.ts";
import { wrapText } from "../report/wrap.ts";
import type { Invocation } from "./invocation.ts";
import { wantsColor, widthOf } from "./io.ts";

/** Tells on stderr what a command is at. */
export interface ProgressPrinter {
  readonly progress: Progress;
  /** Takes the drawn line away and stops; what is written afterwards stands alone. */
  close(): void;
}

const redrawMs = 100;
const logMs = 5_000;
const rateNeedsMs = 500;
const clearLine = "\r\u001b[2K";

/**
 * On a terminal one line that is drawn anew; elsewhere a line a migration, and for a step that takes long one every five
 * seconds. `--quiet` leaves warnings; `--verbose` adds every SQL text.
 */
export function createProgress({ io, options, signal }: Invocation): ProgressPrinter {
  const output = io.stderr;
  const onTerminal = output.isTTY === true && io.env.TERM !== "dumb";
  const clock = new StepClock();
  let drawn = false;
  let told = false;
  const style = () => createStyle({ color: wantsColor(output, io.env, options.color), width: widthOf(output) });
  const clear = (): void => {
    if (drawn) output.write(clearLine);
    drawn = false;
  };
  const say = (text: string, first = ""): void => {
    clear();
    output.write(`${wrapText(text, { width: widthOf(output), first, rest: " ".repeat(first.length) })}\n`);
  };
  const draw = (): void => {
    const now = clock.read();
    if (now === undefined || signal.aborted) return;
    output.write(`${clearLine}${renderProgressBar(now, style())}`);
    drawn = true;
  };
  const log = (): void => {
    const now = clock.read();
    if (now !== undefined) output.write(`${renderProgressLine(now)}\n`);
  };
  const timer = options.quiet ? undefined : setInterval(onTerminal ? draw : log, onTerminal ? redrawMs : logMs);
  timer?.unref();

  const loud: Progress = {
    onTarget: (target, version) => {
      if (!told) say(`${target} (PostgreSQL ${formatServerVersion(version)})`, "target  ");
      told = true;
    },
    onWait: (holder) => say(`another run is at work (${holder}); waiting for it`, "wait    "),
    onMigration: (name) => {
      clock.migration(name);
      if (!onTerminal) say(`  ${name}`);
    },
    onStep: (migration, step) => clock.step(migration, step),
    onRows: (_, done, total) => clock.rows(done, total),
    onRetry: (step, attempt, blockers) =>
      say(
        `${step}: no lock at attempt ${attempt}, trying again${blockers.length === 0 ? "" : `; blocked by ${blockers.join("; ")}`}`,
        "retry   ",
      ),
  };
  const progress: Progress = {
    ...(options.quiet ? {} : loud),
    onWarning: (message) => {
      clear();
      const text = wrapText(message, { width: widthOf(output), first: "warning ", rest: " ".repeat(8) });
      output.write(`${style().look("warning")}${text.slice("warning".length)}\n`);
    },
    ...(options.verbose
      ? {
          onSql: (text: string) => {
            clear();
            output.write(`${style().dim(text.trim())}\n`);
          },
        }
      : {}),
  };
  return {
    progress,
    close: () => {
      clearInterval(timer);
      clear();
    },
  };
}

/** Measures the step that runs, and how fast its rows go by. */
class StepClock {
  #migration = "";
  #step: string | undefined;
  #began = 0;
  #rows: { readonly first: number; readonly since: number; readonly done: number; readonly total: number } | undefined;

  migration(name: string): void {
    this.#migration = name;
    this.#step = undefined;
  }

  step(migration: string, step: string): void {
    this.#migration = migration;
    this.#step = step;
    this.#began = performance.now();
    this.#rows = undefined;
  }

  rows(done: number, total: number): void {
    const before = this.#rows;
    const anew = before === undefined || done < before.done || total !== before.total;
    this.#rows = anew ? { first: done, since: performance.now(), done, total } : { ...before, done };
  }

  read(): StepProgress | undefined {
    if (this.#step === undefined) return undefined;
    const now = performance.now();
    const rows = this.#rows;
    const common = { migration: this.#migration, step: this.#step, elapsedMs: now - this.#began };
    if (rows === undefined) return common;
    const seconds = (now - rows.since) / 1000;
    const rate =
      seconds * 1000 < rateNeedsMs || rows.done <= rows.first ? undefined : (rows.done - rows.first) / seconds;
    return { ...common, rows: { done: rows.done, total: rows.total, rate } };
  }
}

import { visibleLines } from "../model/visible.ts";
import { type Io, type Output, wantsColor } from "./io.ts";

/**
 * The last door before a terminal or a CI log: whatever a command writes, no control sequence leaves but our own colours,
 * and no line that a CI runner takes for an order. Names were made visible before they were laid out; here nothing is forgotten.
 */
export function guardIo(io: Io, color: boolean): Io {
  const columns = readColumns(io.env.COLUMNS);
  const stdout = guard(io.stdout, wantsColor(io.stdout, io.env, color), columns);
  const stderr = guard(io.stderr, wantsColor(io.stderr, io.env, color), columns);
  return {
    // Only a question needs it, and asking a process for its stdin opens it.
    get stdin() {
      return io.stdin;
    },
    stdout,
    stderr,
    env: io.env,
    cwd: () => io.cwd(),
    now: io.now,
    on: (signal, listener) => io.on(signal, listener),
    off: (signal, listener) => io.off(signal, listener),
    exit: (code) => io.exit(code),
    progress: io.progress,
  };
}

const unguardedOf = new WeakMap<Output, Output>();

/** The stream behind the door, for a text that is no text for people: workflow commands that were escaped, SQL to be run. */
export function unguarded(output: Output): Output {
  return unguardedOf.get(output) ?? output;
}

/** The same for a file, which may be shown in a terminal or a CI log later: no colour is in it. */
export function guardText(text: string): string {
  return visibleLines(text)
    .split("\n")
    .map((line) => disarm("", line))
    .join("\n");
}

// What a terminal says of itself counts before it.
function readColumns(text: string | undefined): number | undefined {
  return /^[1-9]\d{0,4}$/.test(text ?? "") ? Number(text) : undefined;
}

function guard(output: Output, isColored: boolean, columns: number | undefined): Output {
  const own = new RegExp(
    `(${[...(isColored ? [colour] : []), ...(output.isTTY === true ? [clearing] : []), neverThere].join("|")})`,
  );
  let line = "";
  const write = (chunk: string | Uint8Array, ...rest: readonly never[]): boolean => {
    const text = typeof chunk === "string" ? chunk : Buffer.from(chunk).toString();
    const lines = text.split(own).map((part, place) => (place % 2 === 0 ? visibleLines(part) : part));
    const told = lines
      .join("")
      .split("\n")
      .map((part, place) => disarm(place === 0 ? line : "", part));
    const begun = told.length === 1 ? line + told[0] : (told.at(-1) ?? "");
    line = undecided.test(begun) ? begun : "-";
    return output.write(told.join("\n"), ...rest);
  };
  const guarded = new Proxy(output, {
    get: (target, key) => {
      if (key === "write") return write;
      if (key === "columns") return target.columns ?? columns;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  unguardedOf.set(guarded, output);
  return guarded;
}

// The colours of report/style.ts, and the clearing of the line that progress draws, which only a terminal gets.
const colour = "\u001b\\[(?:0|2|22|31|32|33|39)m";
const clearing = "\r\u001b\\[2K";
const neverThere = "(?!)";

// Blanks and our own sequences, then the mark of an order to GitHub's runner, which cuts blanks off before it looks.
const order = new RegExp(`^(?:\\s|${colour}|${clearing})*::`);
// A line that has begun, and may become one. Of any other one letter is as good as all.
const undecided = new RegExp(`^(?:\\s|${colour}|${clearing})*:?$`);

/** Breaks the mark by a backslash where a line would begin with it, and `##[`, `##vso[` and `##teamcity[` anywhere. */
function disarm(before: string, text: string): string {
  const begin = order.exec(before + text)?.[0].length;
  const place = begin === undefined ? undefined : Math.max(0, begin - 2 - before.length);
  const safe = place === undefined ? text : `${text.slice(0, place)}\\${text.slice(place)}`;
  return safe.replace(/##(?=\w*\[)/g, "#\\#");
}

import { PassThrough, Writable } from "node:stream";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Invocation } from "../../src/cli/invocation.ts";
import { createProgress } from "../../src/cli/progress.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

const newLine = "\r\u001b[2K";

test("on a terminal one line is drawn anew, and taken away at the end", () => {
  const { invocation, text } = open({ columns: 80 });
  const { progress, close } = createProgress(invocation);
  progress.onTarget?.("app on h:5432 as ann", 170004);
  progress.onMigration?.("20260209000100_backfill_contact_ids");
  progress.onStep?.("20260209000100_backfill_contact_ids", "link_calls");
  progress.onRows?.("link_calls", 0, 1000);
  vi.advanceTimersByTime(1000);
  progress.onRows?.("link_calls", 500, 1000);
  vi.advanceTimersByTime(100);
  expect(text()).toMatch(/^target {2}app on h:5432 as ann \(PostgreSQL 17\.4\)\n/);
  expect(text().split(newLine).at(-1)).toBe(
    `  link calls  ${"█".repeat(12)}${"░".repeat(12)}  50 %  500 of 1,000 · 455/s · 1 s left`,
  );
  progress.onWarning?.("something is odd");
  expect(text().endsWith(`left${newLine}warning something is odd\n`)).toBe(true);
  vi.advanceTimersByTime(100);
  close();
  expect(text().endsWith(newLine)).toBe(true);
  vi.advanceTimersByTime(60_000);
  expect(text().endsWith(newLine)).toBe(true);
});

test("elsewhere a migration is a line, and a step gets one every five seconds at most", () => {
  const { invocation, text } = open({});
  const { progress, close } = createProgress(invocation);
  progress.onMigration?.("20260209000100_backfill_contact_ids");
  progress.onStep?.("20260209000100_backfill_contact_ids", "link_calls");
  for (let done = 0; done <= 12_000; done += 100) {
    progress.onRows?.("link_calls", done, 24_000);
    vi.advanceTimersByTime(100);
  }
  close();
  expect(text()).toBe(
    [
      "  20260209000100_backfill_contact_ids",
      "    link calls: 20 %, 4,900 of 24,000, 980/s, 19 s left",
      "    link calls: 41 %, 9,900 of 24,000, 990/s, 14 s left",
      "",
    ].join("\n"),
  );
});

test("waiting and trying again are told with who is in the way", () => {
  const { invocation, text } = open({});
  const { progress, close } = createProgress(invocation);
  progress.onWait?.("pid 12");
  progress.onRetry?.("audit", 2, ["pid 34 (psql), idle in transaction"]);
  close();
  expect(text()).toBe(
    "wait    another run is at work (pid 12); waiting for its end\n" +
      "retry   step audit got no lock at try 2 and goes on trying; in the way: pid 34\n        (psql), idle in transaction\n",
  );
});

test("--quiet leaves warnings alone, --verbose adds the SQL", () => {
  const { invocation, text } = open({ columns: 80, quiet: true, verbose: true });
  const { progress, close } = createProgress(invocation);
  progress.onTarget?.("app on h:5432 as ann", 170004);
  progress.onStep?.("m", "s");
  vi.advanceTimersByTime(60_000);
  progress.onWarning?.("something is odd");
  progress.onSql?.("select 1;\n");
  close();
  expect(text()).toBe("warning something is odd\nselect 1;\n");
});

function open(options: { columns?: number; quiet?: true; verbose?: true }): {
  invocation: Pick<Invocation, "io" | "options" | "signal">;
  text: () => string;
} {
  let written = "";
  const stderr = Object.assign(
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        written += chunk.toString();
        done();
      },
    }),
    { isTTY: options.columns !== undefined, columns: options.columns },
  );
  const { quiet, verbose } = options;
  const invocation: Pick<Invocation, "io" | "options" | "signal"> = {
    io: {
      stdin: new PassThrough(),
      stdout: new PassThrough(),
      stderr,
      env: { NO_COLOR: "1" },
      cwd: () => "/",
      on: () => {},
      off: () => {},
      exit: () => {},
    },
    options: { color: true, ...(quiet ? { quiet } : {}), ...(verbose ? { verbose } : {}) },
    signal: new AbortController().signal,
  };
  return { invocation, text: () => written };
}

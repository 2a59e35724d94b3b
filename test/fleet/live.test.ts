import { expect, test } from "vitest";
import { renderLive } from "../../src/report/fleet/live.ts";
import { createStyle } from "../../src/report/style.ts";

const ended = [
  ["done", 940],
  ["failed", 0],
  ["locked", 2],
] as const;

test("the live table has a line a target at work and the counts, none wider or taller than the terminal", () => {
  const rows = Array.from({ length: 30 }, (_, place) => ({
    name: `tenant-${place}-${"x".repeat(40)}`,
    at: { step: "20260209000100 link_calls", elapsedMs: 4000, rows: { done: 120_000, total: 400_000, rate: 51_000 } },
    waits: place === 1 ? `pid 4711, ${"user app, ".repeat(20)}` : undefined,
  }));
  for (const [width, height] of [
    [80, 24],
    [40, 5],
    [120, 60],
  ] as const) {
    const lines = renderLive({ rows, ended, targets: 1000 }, createStyle({ color: false, width }), height);
    expect(lines.length).toBeLessThan(height);
    expect(lines.filter((line) => line.length >= width)).toEqual([]);
    expect(lines.at(-1)).toMatch(/^942 of 1,000 targets/);
  }
});

test("a row says what it is at, how fast, and whom it waits for", () => {
  const rows = [
    {
      name: "acme",
      at: { step: "link_calls", elapsedMs: 4000, rows: { done: 1, total: 4, rate: 3 } },
      waits: undefined,
    },
    { name: "globex", at: undefined, waits: "pid 4711 (app)" },
    { name: "x", at: undefined, waits: undefined },
  ];
  const lines = renderLive({ rows, ended, targets: 1000 }, createStyle({ color: false, width: 100 }), 24);
  expect(lines).toEqual([
    expect.stringMatching(/^ {2}acme {4}link calls {2}█+░+ +25 % {2}1 of 4 · 3\/s · 1 s left$/),
    "  globex  waits for pid 4711 (app)",
    "  x     ",
    "942 of 1,000 targets · 940 done · 2 locked",
  ]);
});

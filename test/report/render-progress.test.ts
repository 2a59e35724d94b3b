import { expect, test } from "vitest";
import { renderProgressBar, renderProgressLine } from "../../src/report/render-progress.ts";
import { plain } from "./styles.ts";

const halfway = { step: "link_calls", elapsedMs: 7000, rows: { done: 211272, total: 422544, rate: 31200 } };

test("a bar tells rows, rate and time left", () => {
  expect(renderProgressBar(halfway, plain(120))).toBe(
    "  link calls  ████████████░░░░░░░░░░░░  50 %  211,272 of 422,544 · 31,200/s · 7 s left",
  );
});

test("where room is short, the rows are left out first and the bar becomes shorter", () => {
  expect(renderProgressBar(halfway, plain(80))).toBe(
    "  link calls  █████████░░░░░░░░  50 %  211,272 of 422,544 · 31,200/s · 7 s left",
  );
  expect(renderProgressBar(halfway, plain(60))).toBe("  link calls  █████████░░░░░░░░░  50 %  31,200/s · 7 s left");
  expect(renderProgressBar(halfway, plain(40))).toBe("  link calls  █████░░░░  50 %  7 s left");
});

test.each([20, 40, 60, 79, 80, 81, 120])("a bar never fills the last of %i columns", (width) => {
  for (const done of [0, 1, 211272, 422543, 422544]) {
    const progress = { ...halfway, rows: { ...halfway.rows, done } };
    expect(renderProgressBar(progress, plain(width)).length).toBeLessThan(width);
  }
});

test("a step without rows tells its time once it takes any", () => {
  expect(renderProgressBar({ step: "validate_names", elapsedMs: 400 }, plain())).toBe("  validate names");
  expect(renderProgressBar({ step: "validate_names", elapsedMs: 65_000 }, plain())).toBe("  validate names  1 min 5 s");
});

test("an empty total is done, and no rate is no promise", () => {
  expect(renderProgressBar({ step: "s", elapsedMs: 0, rows: { done: 0, total: 0, rate: undefined } }, plain())).toBe(
    `  s  ${"█".repeat(24)} 100 %  0 of 0`,
  );
});

test("a log gets plain lines", () => {
  expect(renderProgressLine(halfway)).toBe("    link calls: 50 %, 211,272 of 422,544, 31,200/s, 7 s left");
  expect(renderProgressLine({ step: "validate_names", elapsedMs: 35_200 })).toBe("    validate names: 35 s so far");
});

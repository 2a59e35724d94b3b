import { expect, test } from "vitest";
import { describeEffects, describeRestored } from "../../src/report/effects.ts";
import {
  countOf,
  formatBytes,
  formatCount,
  formatDuration,
  formatMoment,
  formatServerVersion,
} from "../../src/report/format.ts";
import { createStyle } from "../../src/report/style.ts";
import { alignColumns } from "../../src/report/table.ts";
import { unbroken, wrapText } from "../../src/report/wrap.ts";

test.each([
  [0, "0 ms"],
  [12.4, "12 ms"],
  [1000, "1 s"],
  [1949, "1.9 s"],
  [9949, "9.9 s"],
  [9950, "10 s"],
  [59_400, "59 s"],
  [59_600, "1 min"],
  [125_000, "2 min 5 s"],
  [3_600_000, "1 h"],
  [3_840_000, "1 h 4 min"],
])("%d ms is %s", (milliseconds, text) => {
  expect(formatDuration(milliseconds)).toBe(text);
});

test("numbers, sizes, moments and versions are as people write them", () => {
  expect(formatCount(1204331)).toBe("1,204,331");
  expect([countOf(1, "call"), countOf(2000, "call"), countOf(0, "entry", "entries")]).toEqual([
    "1 call",
    "2,000 calls",
    "0 entries",
  ]);
  expect([0, 1023, 16384, 1288490189].map(formatBytes)).toEqual(["0 bytes", "1,023 bytes", "16 kB", "1.2 GB"]);
  expect(formatMoment(new Date("2026-02-09T17:00:59.999Z"))).toBe("2026-02-09 17:00 UTC");
  expect([170004, 150018].map(formatServerVersion)).toEqual(["17.4", "15.18"]);
});

test("a text is broken between words, a list hangs, a command and a long word stay whole", () => {
  const text = `one two three\n  - four five six\n${unbroken("ssot migrate --dry-run")} incomprehensibilities`;
  expect(wrapText(text, { width: 12, first: "> ", rest: "  " }).split("\n")).toEqual([
    "> one two",
    "  three",
    "    - four",
    "      five",
    "      six",
    "  ssot migrate --dry-run",
    "  incomprehensibilities",
  ]);
});

test("columns are aligned whatever their colours", () => {
  const { good } = createStyle({ color: true, width: 80 });
  const lines = alignColumns([
    [good("a"), "b"],
    ["ccc", "d"],
  ]);
  expect(lines).toEqual([`  ${good("a")}    b`, "  ccc  d"]);
  expect(alignColumns([])).toEqual([]);
});

test("a table that is too wide puts its last column below, and the one before where that is not enough", () => {
  const { good } = createStyle({ color: true, width: 80 });
  const rows = [
    [good("migration one"), "applied", "2026-02-09 17:00 UTC"],
    ["two", "held", ""],
  ];
  expect(alignColumns(rows, "  ", 47)).toEqual(alignColumns(rows));
  const narrow = [`  ${good("migration one")}  applied`, "      2026-02-09 17:00 UTC", "  two            held"];
  expect(alignColumns(rows, "  ", 30)).toEqual(narrow);
  const one = [`  ${good("migration one")}`, "      applied", "      2026-02-09 17:00 UTC", "  two", "      held"];
  expect(alignColumns(rows, "  ", 20)).toEqual(one);
});

test("effects are told in words, those of nothing not at all", () => {
  expect(describeEffects({ callsLinked: 422544, callsUnlinked: 1910 })).toBe(
    "422,544 calls linked · 1,910 stay unlinked",
  );
  expect(describeEffects({ callsLinked: 0, callsUnlinked: 1 })).toBe("1 call without a contact");
  expect(describeEffects({ namesReplaced: 2, namesRescued: 1, phonesNormalised: 1, contactsMerged: 0 })).toBe(
    "1 number normalised · 2 names replaced (1 rescued from calls)",
  );
  expect(describeEffects({})).toBe("");
  expect(describeRestored({ callsLinked: 1, namesReplaced: 2, somethingNew: 3 })).toBe(
    "1 link of a call · 2 names · 3 somethingNew",
  );
});

test("numbers are written as Intl writes them in en-US", () => {
  const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
  const tenths = new Intl.NumberFormat("en-US", { maximumFractionDigits: 1 });
  for (const n of [
    0, 0.4, 0.5, 1, 1.5, 2.5, 12, 999, 999.5, 1000, 123_456, 1_204_331, 9_007_199_254_740_991, -1234.5,
  ]) {
    expect(formatCount(n)).toBe(whole.format(n));
  }
  for (let ms = 1000; ms < 9950; ms += 37) expect(formatDuration(ms)).toBe(`${tenths.format(ms / 1000)} s`);
});

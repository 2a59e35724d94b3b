import fc from "fast-check";
import { loadModule, scanSync } from "libpg-query";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readTokens } from "../../src/sql/tokens.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";

let database: TestDatabase;
beforeAll(async () => {
  await loadModule();
  database = await createTestDatabase({ template: "empty" });
});
afterAll(() => database.drop());

const snippets = [
  ..."'\"$-/*:;,.()[]\\ \n\r\t%",
  ...[
    "--",
    "/*",
    "*/",
    "''",
    '""',
    "$$",
    "$a$",
    "$1",
    "::",
    ":=",
    "e'",
    "E'",
    "U&'",
    "b'",
    "\\'",
    "a",
    "e",
    "a$b",
    "Ä",
  ],
  ...["rowtype", "1", "23", "1.5", "1e3", "0x1F", "..", "'x'", "'x'\n'y'", "e'\\''\n'\\''"],
];
const soup = fc.array(fc.constantFrom(...snippets), { maxLength: 14 }).map((parts) => parts.join(""));

interface Span {
  readonly kind: string;
  readonly start: number;
  readonly end: number;
}

const bytesOf = (text: string): number => Buffer.byteLength(text);

function ours(sql: string): readonly Span[] {
  let start = 0;
  return readTokens(sql).map(({ kind, text }) => {
    const span = { kind, start, end: start + bytesOf(text) };
    start = span.end;
    return span;
  });
}

/** Undefined where PostgreSQL finds no tokens in it. */
function theirs(sql: string): readonly Span[] | undefined {
  try {
    return scanSync(sql).tokens.map(({ tokenName, start, end }) => ({ kind: tokenName, start, end }));
  } catch {
    return undefined;
  }
}

const whole = /^(string|name|dollar|word|number|parameter|line-comment|block-comment)$/;

test("our tokens are PostgreSQL's, cut finer at most in operators and strings of several lines", () => {
  let read = 0;
  const property = fc.property(soup, (sql) => {
    const expected = theirs(sql);
    // This library tells of comments, which for the server itself are blanks between a string's lines.
    if (expected === undefined || /'\s*--/.test(sql)) return;
    read += 1;
    const tokens = ours(sql);
    const edges = new Set(tokens.flatMap(({ start, end }) => [start, end]));
    expect(expected.filter(({ start, end }) => !edges.has(start) || !edges.has(end))).toEqual([]);
    const inside = ({ start, end }: Span): boolean => expected.some((one) => one.start <= start && end <= one.end);
    expect(tokens.filter((token) => whole.test(token.kind) && !inside(token))).toEqual([]);
    expect(readTokens(sql).some(({ open }) => open)).toBe(false);
  });
  fc.assert(property, { numRuns: 20_000 });
  expect(read).toBeGreaterThan(1_000);
});

test("a string with escapes goes on after a comment and a line end, as the server reads it", async () => {
  const sql = "select e'a' -- why\n'\\'' as told";
  expect(await database.sql.unsafe(sql)).toEqual([{ told: "a'" }]);
  expect(readTokens(sql).filter(({ kind }) => kind === "string")).toHaveLength(1);
});

test.each(["'a", "e'a\\'", '"a', "$q$ a $$", "/* /* */", "'a''", "e'a'\n'\\'"])(
  "what has no end is open: %j",
  (sql) => {
    expect(readTokens(`select ${sql}`).at(-1)).toMatchObject({ text: sql, open: true });
  },
);

test.each(["'a'", "e'\\''", '"a"', "$q$ $$ $q$", "/* /* */ */", "-- a", "a", "1"])("what has one is not: %j", (sql) => {
  expect(readTokens(`select ${sql}`).at(-1)).toMatchObject({ text: sql, open: false });
});

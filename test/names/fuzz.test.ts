import fc from "fast-check";
import { expect, test } from "vitest";
import { mentionsIn } from "../../src/names/mentions-in.ts";
import { watchedCalls } from "./watched.ts";

const words = fc.constantFrom(
  ..."select from where update insert into values set with as ( ) , ; . * calls caller_name from_number c 'x' \" $1 -- /* */ := begin end".split(
    " ",
  ),
  ..."declare loop for in if then else execute format || $$ create function f returns trigger language plpgsql sql new é \n".split(
    " ",
  ),
);
const text = fc.array(fc.oneof({ weight: 9, arbitrary: words }, fc.string({ unit: "binary" })), { maxLength: 60 });
const wrapped = fc.tuple(fc.constantFrom("", "plpgsql", "sql"), text).map(([language, parts]) => {
  const body = parts.join(" ");
  return language === "" ? body : `create function f() returns trigger language ${language} as $ssot$ ${body} $ssot$`;
});

test("no text makes it fail, and lines stay within the text", async () => {
  await fc.assert(
    fc.asyncProperty(wrapped, async (sql) => {
      const lines = sql.split("\n").length;
      for (const { line } of await mentionsIn(sql, watchedCalls)) {
        expect(line).toBeGreaterThan(0);
        expect(line).toBeLessThanOrEqual(lines);
      }
    }),
    { numRuns: 1500 },
  );
});

test("what no grammar takes is never silently nothing", async () => {
  await fc.assert(
    fc.asyncProperty(text, text, async (before, after) => {
      const sql = `${before.join(" ")} ) select calls caller_name ( ${after.join(" ")}`;
      // Unless the words stand in a string or a comment of a text that is SQL all the same.
      if (/['"$]|--|\/\*/.test(sql)) return;
      expect((await mentionsIn(sql, watchedCalls)).map(({ column }) => column)).toContain("caller_name");
    }),
    { numRuns: 300 },
  );
});

test("a text nested deeper than the grammar's stack, or longer than it is given, is matched by its words", async () => {
  const deep = `select ${"(".repeat(20_000)}caller_name${")".repeat(20_000)} from calls`;
  const long = `select caller_name from calls where id in (${"'0123456789',".repeat(100_000)}'0')`;
  for (const sql of [deep, long]) {
    expect(await mentionsIn(sql, watchedCalls)).toEqual([
      { column: "caller_name", how: "dynamic", certainty: "text", line: 1 },
    ]);
  }
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { shapeOf } from "../../src/core/audit/statement-shape.ts";

test.each([
  ["update calls set caller_name = 'Ada' where id = 7", "update calls set caller_name = ? where id = ?"],
  ["update  calls\n set caller_name=$1 -- by job 7", "update calls set caller_name=$1"],
  ["select E'it\\'s' , 'O''Brien', $$body$$, 1.5e3", "select ?, …"],
  ["insert into calls (a, b) values (1, 'x'), (2, 'y'),(3,'z')", "insert into calls (a, b) values (?, …), …"],
  ["select 1 from t1 where c2 in (1,2,3)", "select ? from t1 where c2 in (?, …)"],
  [`select "Mixed 7" from t /* by +14155550100 */`, `select "Mixed 7" from t`],
  ["select 0x1F, .5, 1_000 from t[1:2]", "select ?, … from t[?:?]"],
  [
    "update calls set caller_name = e'a' -- and on\n'\\' Ada Lovelace' where id = 7",
    "update calls set caller_name = ? where id = ?",
  ],
  ["update calls set caller_name = 'O''Brien", "update calls set caller_name = ?"],
  ["select $$ a 'body", "select ?"],
  ["select 1 -- on one line\r, 'Ada'", "select ?, …"],
])("the shape of %j is %j", (statement, shape) => {
  expect(shapeOf(statement).text).toBe(shape);
});

test("a statement that was cut in a string says so, and shows nothing of the string", () => {
  const cut = `update calls set caller_name = 'Very Private ${"x".repeat(500)}`.slice(0, 500);
  expect(shapeOf(cut).text).toBe("update calls set caller_name = ?…");
});

test("statements that differ in values alone have one fingerprint, others another", () => {
  const of = (name: string): string => shapeOf(`update calls set caller_name = '${name}'`).fingerprint;
  expect(of("Ada")).toBe(of("Grace O''Hara"));
  expect(of("Ada")).not.toBe(shapeOf("update calls set from_number = 'Ada'").fingerprint);
});

test("no string of any text is ever shown, wherever it was cut", () => {
  const part = fc.constantFrom(
    "select ",
    "'SECRET'",
    "E'SECRET\\''",
    "$q$SECRET$q$",
    "-- x\n",
    '"name"',
    ", ",
    "42",
    "/* SECRET */",
  );
  const property = fc.property(fc.array(part, { maxLength: 12 }), fc.nat({ max: 120 }), (parts, at) => {
    const text = parts.join(" ");
    expect(shapeOf(text.slice(0, at === 0 ? text.length : at)).text).not.toContain("SECRET");
  });
  fc.assert(property, { numRuns: 2000 });
});

import { expect, test } from "vitest";
import { bindVariables, refuseUnknownVariables } from "../../src/migrations/variables.ts";

const values = { commits: "true", verdicts: '{"a": "it\'s"}', migration: "20260209000100_backfill" };

test.each([
  ["call p(:commits)", "call p(true)"],
  ["call p( :commits, null)", "call p( true, null)"],
  ["select f(:'verdicts'::jsonb)", "select f('{\"a\": \"it''s\"}'::jsonb)"],
  ["select f(migration => :'migration')", "select f(migration => '20260209000100_backfill')"],
  ["select array[f(:commits)]", "select array[f(true)]"],
])("%s becomes %s", (sql, bound) => {
  expect(bindVariables(sql, values)).toBe(bound);
});

test.each([
  "select 1::commits, '2'::text",
  "select (array[1, 2])[1:commits]",
  "select f(a := commits)",
  "select ':commits', e'it\\'s :commits'",
  "select $$ :commits $$, $x$ :'verdicts' $x$",
  "select 1 -- :commits\n",
  "select 1 /* :commits */",
  'select ":commits" from t',
])("nothing is put into %s", (sql) => {
  expect(bindVariables(sql, values)).toBe(sql);
  expect(() => refuseUnknownVariables(sql, [])).not.toThrow();
});

test.each([
  ["call p(:comits)", "there is no variable :comits"],
  ["select :'other'", "there is no variable :other"],
  ['select :"commits" from t', 'there is no variable :"commits"'],
  ["select 'begun", "has no end: 'begun"],
])("%s is refused where the file is read", (sql, message) => {
  expect(() => refuseUnknownVariables(sql, ["commits"])).toThrow(message);
});

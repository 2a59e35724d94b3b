import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { toPlainSql } from "../../src/migrations/plain-sql.ts";
import { readTokens } from "../../src/sql/tokens.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { throughThePipe } from "./routes.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase({ template: "empty" });
});
afterAll(() => database.drop());

test("line comments become block comments, those one below the other one comment", () => {
  const sql = "-- one */ for \\gexec\n-- two\nselect 1, -- three\n       '-- four' -- five\n\n-- six";
  expect(toPlainSql(sql)).toBe(
    "/* one * / for gexec\n   two */\nselect 1, /* three */\n       '-- four' /* five */\n\n/* six */",
  );
});

test("comments inside bodies are rewritten, dollar-quoted values are not", () => {
  expect(toPlainSql("create function f() returns text as $f$ -- it's\nselect $$ -- a value $$ $f$")).toBe(
    "create function f() returns text as $f$ /* it's */\nselect $$ -- a value $$ $f$",
  );
  expect(toPlainSql("do $$ begin\n-- now\nend $$")).toBe("do $$ begin\n/* now */\nend $$");
});

test.each([
  ["select '\\'", "the character"],
  ["select e'\\''", "the character"],
  ["select\t1", "the character"],
  ["select '\u0007'", "the character"],
  ["select 'a'\n'b'", "goes on after a line end"],
  ["select 'a' -- why\n'b'", "goes on after a line end"],
  ["execute 'select 1 -- one\n, 2'", "-- before a line end"],
  ["select 'a", "without an end"],
  ['select "a', "without an end"],
  ["select 1 /* /* */", "without an end"],
  ["do $$ begin /* end $$", "without an end"],
])("what cannot be written so is refused: %j", (sql, message) => {
  expect(() => toPlainSql(sql)).toThrow(message);
});

const snippets = ["'", '"', "--", "/*", "*/", "$$", "$a$", ";", "a", "1", " ", "é", "begin", "😀", "\n", "as", "e'"];
const soup = fc.array(fc.constantFrom(...snippets), { maxLength: 12 }).map((parts) => parts.join(""));

test("tokens put together are the text", () => {
  fc.assert(
    fc.property(soup, (sql) => {
      let tokens: ReturnType<typeof readTokens>;
      try {
        tokens = readTokens(sql);
      } catch {
        return;
      }
      expect(tokens.map(({ text }) => text).join("")).toBe(sql);
    }),
    { numRuns: 2000 },
  );
});

const flat = soup.map((text) => text.replaceAll("\n", ""));
const comment = fc.oneof(
  flat.map((text) => `--${text}\n`),
  flat.map((text) => `/*${text.replace(/\/\*|\*\//g, "")} /* in it */*/`),
  fc.constantFrom(" ", "\n"),
);
const value = fc.oneof(
  flat.map((text) => `'${text.replaceAll("'", "''")}'`),
  flat.map((text) => `$q$${text.replaceAll("$", "")}$q$`),
  flat
    .filter((text) => text !== "")
    .map(
      (text) =>
        `(select x."${text.replaceAll('"', '""')}" from (select 7::text) as x("${text.replaceAll('"', '""')}"))`,
    ),
);
const list = fc
  .array(fc.tuple(comment, value, comment), { minLength: 1, maxLength: 5 })
  .map((items) => `select array[${items.map((item) => item.join("")).join(",")}]`);

test("PostgreSQL reads the same from it after the loss of all line ends, in a statement and in a body", async () => {
  await fc.assert(
    fc.asyncProperty(list, async (query) => {
      const body = `create function pg_temp.f() returns text[] language sql as $body$ ${query} $body$;\nselect pg_temp.f() as array`;
      for (const sql of [query, body]) {
        expect(await last(toPlainSql(sql).replaceAll("\n", " "))).toEqual(await last(sql));
      }
    }),
    { numRuns: 200 },
  );
});

test("and after the shell's pipe", async () => {
  const query = "select array['\"', 'it''s', -- \"why\"\n$q$ ; $1 `x` $(y) $q$]";
  expect(throughThePipe(toPlainSql(query))).toBe(toPlainSql(query).replaceAll("\n", " "));
});

async function last(sql: string): Promise<unknown> {
  const session = await database.sql.reserve();
  try {
    const results = await session.unsafe(`begin;\n${sql};\nrollback`);
    return results.filter((result) => Array.isArray(result) && result.length > 0).at(-1);
  } finally {
    await session.unsafe("rollback");
    session.release();
  }
}

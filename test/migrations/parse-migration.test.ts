import { expect, test } from "vitest";
import { parseMigration } from "../../src/migrations/parse-migration.ts";

const name = "20270101000000_example";

/** A file with this head and these steps; what its other section holds does not matter. */
function fileOf(up: string, head = "-- Phase: 1"): string {
  return `-- Prose.
--
${head}
\\set migration ${name}
\\ir ../sql/install.sql

-- Up Migration
\\if :{?down}
\\else
${up}

-- step: record
-- role: record
insert into ssot.ledger (name) values (:'migration');
\\endif

-- Down Migration
\\if :{?down}
-- step: back
-- lock: none
-- blocks: nothing
select 1;

-- step: record
-- role: record
delete from ssot.ledger;
\\ir ../sql/uninstall.sql
\\endif
`;
}

const stepOf = (attributes: string, sql = "select 1;"): string =>
  `-- step: one\n-- lock: none\n-- blocks: nothing\n${attributes}${sql}`;
const drop = "-- Phase: 3\n-- Drops: 20260101000000_mark";

test("psql's lines and its own record are left out, and roles are told", () => {
  const { up, down, drops } = parseMigration(name, fileOf(stepOf("-- role: catch-up\n-- About it.\n")));
  expect(up).toEqual([
    expect.objectContaining({
      name: "one",
      role: "catch-up",
      about: ["About it."],
      sql: "select 1;",
      mode: "statement",
    }),
  ]);
  expect(down.map((step) => [step.name, step.role, step.sql])).toEqual([["back", undefined, "select 1;"]]);
  expect(drops).toBeUndefined();
});

test("a Phase 3 file names what it drops, and its point of no return", () => {
  const parsed = parseMigration(name, fileOf(stepOf("-- role: point-of-no-return\n"), drop));
  expect(parsed).toMatchObject({ phase: 3, drops: "20260101000000_mark" });
});

test("a query that generates statements and a transaction keep their form", () => {
  const file = fileOf(`${stepOf("", "select 'x' \\gexec")}

-- step: two
-- lock: none
-- blocks: nothing
begin;
select 2;
commit;`);
  expect(parseMigration(name, file).up.map(({ mode, sql }) => [mode, sql])).toEqual([
    ["generate", "select 'x'"],
    ["transaction", "select 2;"],
  ]);
});

test.each([
  ["an unknown role", fileOf(stepOf("-- role: swap\n")), "a role that does not exist: swap"],
  ["a role twice", fileOf(stepOf("-- role: catch-up\n-- role: catch-up\n")), "the attribute role twice"],
  ["an unknown attribute", fileOf(stepOf("-- roles: catch-up\n")), "an attribute that does not exist: roles"],
  [
    "an attribute below prose",
    fileOf(stepOf("-- About it.\n-- role: catch-up\n")),
    "its attribute role below its prose",
  ],
  ["an unknown variable", fileOf(stepOf("", "call p(:comits);")), "there is no variable :comits"],
  [
    "another file's name",
    fileOf(stepOf("")).replace(`migration ${name}`, "migration 2026"),
    "expected `\\set migration",
  ],
  ["a head twice", fileOf(stepOf(""), "-- Phase: 1\n-- Phase: 3"), "expected `-- Phase:` once"],
  ["a drop without a deprecation", fileOf(stepOf("-- role: point-of-no-return\n"), "-- Phase: 3"), "`-- Drops:"],
  [
    "a deprecation dropped in Phase 1",
    fileOf(stepOf(""), "-- Phase: 1\n-- Drops: 20260101000000_mark"),
    "no `-- Drops:`",
  ],
  ["a drop without its point of no return", fileOf(stepOf(""), drop), "one step with the role point-of-no-return"],
  ["a step without its lock", fileOf(stepOf("").replace("-- lock: none\n", "")), "does not say what it locks"],
])("%s is refused by the file's name", (_, file, message) => {
  expect(() => parseMigration(name, file)).toThrow(message);
  expect(() => parseMigration(name, file)).toThrow(expect.objectContaining({ code: "MIGRATION_FILES" }));
});

import { expect, test } from "vitest";
import { type CopyLook, judgeCopy } from "../../src/core/rehearse/copy/judge-copy.ts";
import { neededBytes } from "../../src/core/rehearse/copy/room.ts";
import { childEnvironment } from "../../src/db/copying/child-environment.ts";
import { parseMajor } from "../../src/db/copying/client-programs.ts";
import { resolveTarget } from "../../src/db/target.ts";
import { callSsot } from "../cli/call-ssot.ts";

const environmentOf = (url: string, more: Parameters<typeof childEnvironment>[1] = { major: 17 }) =>
  childEnvironment(resolveTarget({ databaseUrl: url, environment: {}, directory: "/" }), more, {
    PATH: "/bin",
    PGPASSWORD: "the process's",
    PGSERVICE: "elsewhere",
    DATABASE_URL: "postgres://elsewhere",
  });

test("pg_dump reaches what ssot reaches, and nothing of the process's own PG variables counts", () => {
  expect(environmentOf("postgres://ada:p%40ss@db.example.com:6000/shop?sslmode=require")).toEqual({
    PATH: "/bin",
    LC_ALL: "C",
    PGAPPNAME: "ssot rehearsal",
    PGCONNECT_TIMEOUT: "10",
    PGHOST: "db.example.com",
    PGPORT: "6000",
    PGUSER: "ada",
    PGDATABASE: "shop",
    PGPASSWORD: "p@ss",
    PGSSLMODE: "require",
  });
});

test.each([
  ["postgres://a@h/d", { PGSSLMODE: "disable" }],
  ["postgres://a@h/d?sslmode=prefer", { PGSSLMODE: "prefer" }],
  ["postgres://a@h/d?sslmode=verify-full", { PGSSLMODE: "verify-full", PGSSLROOTCERT: "system" }],
  [
    "postgres://a@h/d?sslmode=verify-full&sslrootcert=package.json",
    { PGSSLMODE: "verify-full", PGSSLROOTCERT: "package.json" },
  ],
  ["postgres://a@/d?host=/run/postgresql", { PGHOST: "/run/postgresql", PGSSLMODE: "disable" }],
])("TLS and sockets are carried over: %s", (url, expected) => {
  expect(environmentOf(url)).toMatchObject(expected);
});

test("settings of the target come before ours, and what nobody said is not there", () => {
  const url = "postgres://a@h/d?options=-c%20work_mem%3D5MB";
  expect(environmentOf(url, { major: 15, options: ["-c a.b=1"] })).toMatchObject({
    PGOPTIONS: "-c work_mem=5MB -c a.b=1",
  });
  const bare = environmentOf("postgres://a@h/d", { major: 15 });
  expect(Object.keys(bare)).not.toEqual(expect.arrayContaining(["PGPASSWORD"]));
  expect(bare).not.toHaveProperty("PGOPTIONS");
});

test.each([
  ["pg_dump (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)", 15],
  ["pg_dump (PostgreSQL) 18beta1", 18],
  ["something else", undefined],
])("the version is read of %s", (answer, major) => {
  expect(parseMajor(answer)).toBe(major);
});

const fact = (kind: string, name: string, definition = "") => ({ kind, name, definition });
const whole: CopyLook = {
  target: [
    fact("table", "public.calls"),
    fact("column", "public.calls.id", "uuid"),
    fact("index", "public.calls_pkey"),
    fact("table", "public.other"),
    fact("column", "public.other.shape", "geometry"),
    fact("table", "public.hidden"),
    fact("policy", "public.hidden.mine"),
    fact("extension", "postgis"),
    fact("comment", "table public.other", "said"),
  ],
  copy: [],
  indexes: [{ name: "public.calls_pkey", table: "public.calls", valid: true }],
  otherwise: ["public.calls.part"],
  touched: ["public.calls"],
  leftOut: ["public.hidden"],
  rows: [],
};

test("what migrations work on and is missing refuses the copy; other things are told once, with all that hangs on them", () => {
  expect(judgeCopy(whole)).toEqual({
    missing: ["table public.calls"],
    problems: ["extension postgis could not be made on the copy", "table public.other could not be made on the copy"],
  });
  const copy = whole.target.filter(({ kind }) => kind !== "index");
  expect(judgeCopy({ ...whole, copy })).toEqual({ missing: ["index public.calls_pkey"], problems: [] });
  const indexes = whole.indexes.map((index) => ({ ...index, valid: false }));
  expect(judgeCopy({ ...whole, copy, indexes })).toEqual({
    missing: [],
    problems: ["index public.calls_pkey could not be made on the copy"],
  });
});

test("a column that is another one is told, and rows that did not come refuse the copy", () => {
  const copy = whole.target.map((each) => (each.name === "public.calls.id" ? { ...each, definition: "text" } : each));
  const rows = [
    { table: "public.calls", target: 10, copy: 9 },
    { table: "public.other", target: 10, copy: 8 },
    { table: "public.same", target: 3, copy: 3 },
  ];
  expect(judgeCopy({ ...whole, copy, rows })).toEqual({
    missing: ["all but 9 of 10 rows of public.calls"],
    problems: ["column public.calls.id is not as on the target", "the copy has 8 of 10 rows of public.other"],
  });
});

test("room is asked for more than the database has", () => {
  expect(neededBytes(10 * 1024 ** 3)).toBe(15.5 * 1024 ** 3);
});

test("without a database to copy, the usage is told", async () => {
  const { exitCode, stderr } = await callSsot(["rehearse", "--on", "embedded"]);
  expect(exitCode).toBe(2);
  expect(stderr).toContain("no database is named to make it of");
  expect(stderr).toContain("ssot rehearse --on embedded --for URL");
});

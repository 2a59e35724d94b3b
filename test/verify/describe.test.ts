import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { describe as columnsOf } from "../../src/checks/ask.ts";
import { sampleOf } from "../../src/checks/ask-scan.ts";
import type { Check } from "../../src/checks/define.ts";
import { type Connection, connect } from "../../src/db/connection.ts";
import { suites } from "../../verify/index.ts";
import type { TestDatabase } from "../support/database.ts";
import { targetOf } from "../support/run-options.ts";
import { makeHealthy } from "./healthy-case.ts";

let database: TestDatabase;
let connection: Connection;

beforeAll(async () => {
  database = await makeHealthy();
  connection = await connect(targetOf(database.url));
});

afterAll(async () => {
  await connection.close();
  await database.drop();
});

/** What the driver gives for a type of PostgreSQL, by its oid; everything else comes as text. */
const given: Readonly<Record<number, readonly string[]>> = {
  16: ["boolean"],
  20: ["string"],
  21: ["number"],
  23: ["number"],
  25: ["string", "enum"],
  19: ["string"],
  701: ["number"],
  1184: ["date"],
  1700: ["string"],
  2950: ["string"],
};

/** The kind of value that a schema takes. */
function kindOf(type: unknown): string {
  if (type instanceof z.ZodNullable) return kindOf(type.unwrap());
  if (type instanceof z.ZodEnum) return "enum";
  if (type instanceof z.ZodBoolean) return "boolean";
  if (type instanceof z.ZodNumber) return "number";
  if (type instanceof z.ZodDate) return "date";
  // Text that has the form of an id is text.
  return type instanceof z.ZodString || type instanceof z.ZodGUID ? "string" : "unknown";
}

const typed = suites.flatMap(({ id, checks }) =>
  checks.flatMap((check) =>
    check.kind === "query" || check.kind === "scan" ? [{ id: `${id}.${check.id}`, check }] : [],
  ),
);

function statementOf(check: Extract<Check, { kind: "query" | "scan" }>) {
  return check.kind === "query" ? check.sql : sampleOf(check, 1);
}

test.each(typed)("$id gives the columns that its row schema says", async ({ check }) => {
  const columns = await columnsOf(connection.sql, statementOf(check));
  expect(columns.map(({ name }) => name)).toEqual(Object.keys(check.schema.shape));
  for (const { name, type } of columns) {
    expect(given[type], `${name} has type ${type}, which no schema was thought of`).toBeDefined();
    expect(given[type], name).toContain(kindOf(check.schema.shape[name]));
  }
});

test.each(typed.filter(({ check }) => check.kind === "query"))(
  "$id counts its population in a column of that name",
  async ({ check }) => {
    if (check.kind !== "query") throw new Error("expected a query");
    if (typeof check.population === "number") expect(check.population).toBeGreaterThan(0);
    else {
      const columns = await columnsOf(connection.sql, check.population);
      expect(columns).toEqual([{ name: "population", type: expect.any(Number) }]);
    }
  },
);

test("the comparison finds a schema that says something else", async () => {
  const [first] = typed;
  if (first === undefined) throw new Error("expected a check");
  const columns = await columnsOf(connection.sql, statementOf(first.check));
  expect(columns.map(({ type }) => given[type]?.includes("boolean"))).not.toContain(true);
});

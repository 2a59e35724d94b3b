import postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { migrate } from "../../src/core/migrate.ts";
import { rollback } from "../../src/core/rollback.ts";
import { createCallsDashboard } from "../../src/dashboard/public.ts";
import { addCall, firstOrg, migrateWithSearch, secondOrg } from "../search/search-case.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { migrateOptions, rollbackOptions } from "../support/run-options.ts";

let database: TestDatabase;
let ids: Readonly<Record<"ada" | "percent" | "plain" | "nobody" | "theirs", string>>;

beforeAll(async () => {
  database = await createTestDatabase();
  const { sql, url } = database;
  await sql`insert into public.organizations (id, name, email) values (${firstOrg}, 'First', 'a@example.com'), (${secondOrg}, 'Second', 'b@example.com')`;
  await migrate(migrateOptions(url));
  const ada = await addCall(sql, { orgId: firstOrg, name: "Ada Lovelace", phone: "+14155550101" });
  const percent = await addCall(sql, { orgId: firstOrg, name: "100%_sure", phone: "+14155550102" });
  const plain = await addCall(sql, { orgId: firstOrg, name: "1000 sure", phone: "+14155550103" });
  const theirs = await addCall(sql, { orgId: secondOrg, name: "Ada Theirs", phone: "+14155550101" });
  const [row] = await sql<{ id: string }[]>`
    insert into public.calls (org_id, vapi_call_id, call_direction, phone_number, caller_name, from_number, created_at)
    values (${firstOrg}, 'nobody', 'outbound', '  ', 'Frozen Name', '+14155550199', '2026-01-05 12:00Z') returning id`;
  ids = { ada, percent, plain, theirs, nobody: row?.id ?? "" };
});

afterAll(() => database.drop());

const both = test.each(["without", "with"] as const);
const withDashboard = async (
  search: "with" | "without",
  work: (dashboard: ReturnType<typeof open>) => Promise<void>,
) => {
  if (search === "with") await migrateWithSearch(database.url);
  const sql = postgres(database.url, { max: 2 });
  try {
    await work(open(sql));
  } finally {
    await sql.end();
    if (search === "with") await rollback(rollbackOptions(database.url, { all: false }));
  }
};
const open = (sql: postgres.Sql) => createCallsDashboard({ sql, columns: ["status", "vapi_call_id"] });

test("a row has number, live name and source, and the host's further columns", async () => {
  await withDashboard("without", async (dashboard) => {
    const { calls, ...rest } = await dashboard.listCalls({ orgId: firstOrg });
    expect(rest).toEqual({ total: 4, page: 1, limit: 50 });
    expect(calls.at(-1)).toEqual({
      id: ids.nobody,
      contact_id: null,
      call_direction: "outbound",
      phone_number: "Unknown",
      phone_number_formatted: "Unknown",
      caller_name: "Unknown",
      name_source: "unknown",
      created_at: new Date("2026-01-05T12:00:00Z"),
      status: null,
      vapi_call_id: "nobody",
    });
    expect(calls.find(({ id }) => id === ids.ada)).toMatchObject({
      caller_name: "Ada Lovelace",
      name_source: "contact",
    });
    expect(calls.map(({ id }) => id)).not.toContain(ids.theirs);
    expect((await dashboard.recentCalls({ orgId: secondOrg })).map(({ id }) => id)).toEqual([ids.theirs]);
  });
});

both(
  "%s the search installed, a search finds parts of names and numbers in any case, and % and _ are text",
  async (search) => {
    await withDashboard(search, async (dashboard) => {
      const found = async (term: string) => {
        const { calls, total } = await dashboard.listCalls({ orgId: firstOrg, search: term });
        expect(total).toBe(calls.length);
        return calls.map(({ id }) => id).toSorted();
      };
      expect(await found("LOVELACE")).toEqual([ids.ada]);
      expect(await found("555010")).toEqual([ids.ada, ids.percent, ids.plain].toSorted());
      expect(await found("100%_SURE")).toEqual([ids.percent]);
      expect(await found("%")).toEqual([ids.percent]);
      expect(await found("___")).toEqual([]);
      expect(await found("Unknown")).toEqual([ids.nobody]);
      expect(await found("\\")).toEqual([]);
    });
  },
);

test("a word that was sent instead of a number is shown as none, and an extension as it is", async () => {
  const { sql } = database;
  const sent = ["anonymous", "+266696687", "Unknown Caller", "101", "sip:agent@pbx.example.com"];
  for (const [n, number] of sent.entries()) {
    await sql`
      insert into public.calls (org_id, vapi_call_id, call_direction, phone_number, from_number, created_at)
      values (${secondOrg}, ${`sent-${n}`}, 'inbound', ${number}, ${n === 0 ? "+14155550188" : "anonymous"}, ${`2030-01-0${5 - n}`})`;
  }
  const shown = async (nameResolution: "live" | "legacy") => {
    const dashboard = createCallsDashboard({ sql, nameResolution });
    const calls = await dashboard.recentCalls({ orgId: secondOrg, limit: sent.length });
    return calls.map(({ phone_number, caller_name, name_source }) => [phone_number, caller_name, name_source]);
  };
  expect(await shown("live")).toEqual([
    ["Unknown", "Unknown", "unknown"],
    ["Unknown", "Unknown", "unknown"],
    ["Unknown", "Unknown", "unknown"],
    ["101", "101", "phone"],
    ["sip:agent@pbx.example.com", "sip:agent@pbx.example.com", "unknown"],
  ]);
  expect((await shown("legacy")).map(([number]) => number)).toEqual([
    "+14155550188",
    "Unknown",
    "Unknown",
    ...sent.slice(3),
  ]);
  await sql`delete from public.calls where vapi_call_id ^@ 'sent-'`;
});

both("%s the search installed, filters and pages hold, and the total is that of all pages", async (search) => {
  await withDashboard(search, async (dashboard) => {
    const page = await dashboard.listCalls({ orgId: firstOrg, search: "sure", limit: 1, page: 2 });
    expect(page).toMatchObject({ total: 2, page: 2, limit: 1 });
    expect(page.calls).toHaveLength(1);
    expect(await dashboard.listCalls({ orgId: firstOrg, search: "sure", page: 9 })).toMatchObject({
      total: 2,
      calls: [],
    });
    expect(await dashboard.listCalls({ orgId: firstOrg, search: "sure", direction: "outbound" })).toMatchObject({
      total: 0,
    });
    expect(await dashboard.listCalls({ orgId: firstOrg, direction: "outbound" })).toMatchObject({ total: 1 });
    const day = { from: "2026-01-05", to: new Date("2026-01-06T00:00:00Z") };
    expect(await dashboard.listCalls({ orgId: firstOrg, ...day })).toMatchObject({
      total: 1,
      calls: [{ id: ids.nobody }],
    });
    expect(await dashboard.listCalls({ orgId: firstOrg, to: "2026-01-05T12:00:00Z" })).toMatchObject({ total: 0 });
  });
});

test("a search that vanishes while it is in use is done without, in the same call", async () => {
  await migrateWithSearch(database.url);
  const sql = postgres(database.url, { max: 1 });
  const dashboard = createCallsDashboard({ sql });
  expect(await dashboard.listCalls({ orgId: firstOrg, search: "lovelace" })).toMatchObject({ total: 1 });
  await rollback(rollbackOptions(database.url, { all: false }));
  expect(await dashboard.listCalls({ orgId: firstOrg, search: "lovelace" })).toMatchObject({ total: 1 });
  await sql.end();
});

test.each([
  ["page", { page: 0 }],
  ["page", { page: 1.5 }],
  ["page", { page: Number.MAX_SAFE_INTEGER }],
  ["limit", { limit: 0 }],
  ["limit", { limit: 201 }],
  ["orgId", { orgId: "me" }],
  ["search", { search: "a\0b" }],
  ["search", { search: "a".repeat(201) }],
  ["from", { from: "yesterday" }],
  ["from", { from: "2026-02-30" }],
  ["to", { to: new Date(Number.NaN) }],
  ["from", { from: "2026-02-02", to: "2026-02-01" }],
  ["status", { status: "failed" }],
  ["Search", { Search: "ada" }],
  ["a parameter", { "<b>": "ada" }],
])("a bad %s is refused by its name: %j", async (field, options) => {
  await withDashboard("without", async (dashboard) => {
    await expect(dashboard.listCalls({ orgId: firstOrg, ...options })).rejects.toMatchObject({
      code: "REQUEST_INVALID",
      message: expect.stringMatching(new RegExp(`^${field}: expected`)),
    });
  });
});

test.each([
  [{ nameResolution: "legcy" }, /nameResolution/],
  [{ authorise: () => null }, /does not know authorise/],
  [{ authorize: firstOrg }, /function as authorize/],
])("an option that would do nothing is refused: %j", (options, message) => {
  expect(() => Reflect.apply(createCallsDashboard, undefined, [{ sql: database.sql, ...options }])).toThrow(message);
});

test.each([
  ["caller_name"],
  ["from_number"],
  ["id"],
  ["phone_number"],
  ["phone_number_formatted"],
  ["name_source"],
  [""],
])("a further column %j is refused", (column) => {
  expect(() => createCallsDashboard({ sql: database.sql, columns: [column] })).toThrow(/cannot be read/);
});

test("a further column is a name, whatever it holds, and one that there is not is named as such", async () => {
  const { sql } = database;
  const dashboard = createCallsDashboard({ sql, columns: ['x" from public.contacts --'] });
  await expect(dashboard.listCalls({ orgId: firstOrg })).rejects.toMatchObject({ code: "CONFIGURATION" });
});

test("legacy names come from the calls themselves, of one organisation, until the columns are dropped", async () => {
  const { sql, url } = database;
  const dashboard = createCallsDashboard({ sql, nameResolution: "legacy" });
  const { calls, total } = await dashboard.listCalls({ orgId: firstOrg, search: "frozen" });
  expect(total).toBe(1);
  expect(calls).toMatchObject([
    { id: ids.nobody, caller_name: "Frozen Name", phone_number: "+14155550199", name_source: "call" },
  ]);
  expect(await dashboard.listCalls({ orgId: firstOrg, search: "5550199" })).toMatchObject({ total: 1 });
  expect((await dashboard.recentCalls({ orgId: secondOrg })).map((call) => call.caller_name)).toEqual([
    "Unknown Caller",
  ]);
  await sql`update ssot.ledger set run_on = run_on - interval '32 days'`;
  await sql`delete from public.deprecated_column_audit`;
  await sql`delete from ssot.deprecated_write`;
  await migrate(migrateOptions(url, { phase3: true }));
  await expect(dashboard.recentCalls({ orgId: firstOrg })).rejects.toMatchObject({
    code: "CONFIGURATION",
    message: "the legacy columns are gone",
  });
  await rollback(rollbackOptions(url, { all: false }));
});

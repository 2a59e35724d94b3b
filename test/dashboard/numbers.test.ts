import fc from "fast-check";
import postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { migrate } from "../../src/core/migrate.ts";
import { createCallsDashboard } from "../../src/dashboard/public.ts";
import { searchTerms } from "../../src/dashboard/search-terms.ts";
import { addCall, firstOrg, migrateWithSearch, secondOrg } from "../search/search-case.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { migrateOptions } from "../support/run-options.ts";

const databases = new Map<string, TestDatabase>();
const callers = { grace: "+14155550105", london: "+442079460958", berlin: "+4930901820", rome: "+390612345678" };

beforeAll(async () => {
  for (const search of ["without", "with"]) {
    const database = await createTestDatabase();
    databases.set(search, database);
    const { sql, url } = database;
    await sql`insert into public.organizations (id, name, email) values (${firstOrg}, 'First', 'a@example.com'), (${secondOrg}, 'Second', 'b@example.com')`;
    await (search === "with" ? migrateWithSearch(url) : migrate(migrateOptions(url)));
    for (const [name, phone] of Object.entries(callers)) await addCall(sql, { orgId: firstOrg, name, phone });
    await addCall(sql, { orgId: firstOrg, name: "Loose", phone: "+14155550188", number: "(415) 555-0105" });
    await addCall(sql, { orgId: firstOrg, name: "Suite (415) 555", phone: "+14155550177", number: "+14155559999" });
    await addCall(sql, { orgId: secondOrg, name: "Theirs", phone: "+14155550105" });
  }
});

afterAll(async () => {
  for (const database of databases.values()) await database.drop();
});

test.each(["without", "with"])("%s the search installed, a number is found in any spelling", async (search) => {
  const sql = postgres(databases.get(search)?.url ?? "", { max: 1 });
  const dashboard = createCallsDashboard({ sql });
  const found = async (term: string, rest: object = {}): Promise<readonly string[]> => {
    const { calls, total } = await dashboard.listCalls({ orgId: firstOrg, search: term, ...rest });
    if (!("page" in rest)) expect(total).toBe(calls.length);
    return calls.map(({ caller_name }) => caller_name).toSorted();
  };
  try {
    for (const spelling of [
      "+14155550105",
      "+1 415 555 0105",
      "+1 (415) 555-0105",
      "1-415-555-0105",
      "415.555.0105",
      "4155550105",
      "555 0105",
      "415 555 01 05",
      "tel:+1-415-555-0105",
      "\u200e+1\u00a0415\u20115550105\u202c",
      "\uff0b\uff11\uff14\uff11\uff15 555 0105",
      "  415/555-0105  ",
    ]) {
      expect([spelling, await found(spelling)]).toEqual([spelling, ["grace"]]);
    }
    // Also what somebody stored as it was dialled, by that spelling.
    expect(await found("(415) 555-0105")).toEqual(["Loose", "grace"]);
    expect(await found("555-0105")).toEqual(["Loose", "grace"]);
    expect(await found("020 7946 0958")).toEqual(["london"]);
    expect(await found("+44 (0)20 7946 0958")).toEqual(["london"]);
    expect(await found("0044 20 7946-0958")).toEqual(["london"]);
    expect(await found("011 44 20 7946 0958")).toEqual(["london"]);
    expect(await found("030/901820")).toEqual(["berlin"]);
    expect(await found("06 1234 5678")).toEqual(["rome"]);
    for (const none of ["555 0199", "grace 0105", "(415) 555-010%", "(___) ___-0105", "(415) 555-0105\\", "2 0105"]) {
      expect([none, await found(none)]).toEqual([none, []]);
    }
    // Several texts find them, each call counts once, and a page is one of them all.
    const some = ["Loose", "Suite (415) 555", "grace"];
    expect(await found("(415) 555")).toEqual(some);
    const pages = [];
    for (const page of [1, 2, 3, 4]) pages.push(...(await found("(415) 555", { limit: 1, page })));
    expect(pages.toSorted()).toEqual(some);
    const beyond = await dashboard.listCalls({ orgId: firstOrg, search: "(415) 555", limit: 1, page: 9 });
    expect(beyond).toMatchObject({ total: 3, calls: [] });
    expect(await found("(415) 555", { direction: "outbound" })).toEqual([]);
    const [row] = await sql`
      select count(*)::integer as calls from public.calls
      where org_id = ${firstOrg} and regexp_replace(phone_number, '[^0-9]', '', 'g') ~ '415555'`;
    expect(row).toEqual({ calls: 3 });
  } finally {
    await sql.end();
  }
});

const separator = fc.constantFrom("", "", "-", " ", ".", "/", " (", ") ", "\u00a0", "\u2011", "\u200e");
const cut = fc
  .tuple(fc.constantFrom(...Object.values(callers)), fc.nat(8), fc.integer({ min: 3, max: 13 }))
  .map(([number, from, length]) => number.slice(from, from + length))
  .filter((part) => part.replace("+", "").length >= 3);
const spelt = fc
  .tuple(cut, fc.array(separator, { minLength: 13, maxLength: 13 }))
  .map(([part, between]) => [...part].map((character, n) => `${between[n] ?? ""}${character}`).join(""))
  // A zero alone in brackets is one that is dialled inside the country only, and no part of the number.
  .filter((term) => !/\([^0-9]*0[^0-9]*\)/.test(term));

test.each(["without", "with"])(
  "%s the search installed, any part of a number in any spelling finds it",
  async (search) => {
    const sql = postgres(databases.get(search)?.url ?? "", { max: 1 });
    const { listCalls } = createCallsDashboard({ sql });
    try {
      await fc.assert(
        fc.asyncProperty(spelt, async (term) => {
          const sought = term.replace(/[^0-9+]/g, "");
          // The longest run of zeros in front that is dialled, and not stored, is left out of seven digits and more.
          const digits = sought.length < 7 ? sought : sought.replace(/^0+/, "");
          const { calls } = await listCalls({ orgId: firstOrg, search: term });
          const stored = await sql<{ id: string }[]>`
          select id from public.calls
          where org_id = ${firstOrg} and phone_number ^@ '+' and strpos(phone_number, ${digits}) > 0 order by id`;
          const found = calls.filter(({ phone_number }) => phone_number.startsWith("+")).map(({ id }) => id);
          expect(found.toSorted()).toEqual(expect.arrayContaining(stored.map(({ id }) => id)));
          expect(stored.length).toBeGreaterThan(0);
        }),
        { numRuns: 200 },
      );
    } finally {
      await sql.end();
    }
  },
);

test.each([
  ["415", ["415"]],
  ["+1", ["+1"]],
  ["(41", ["(41"]],
  ["555-0105", ["555-0105", "5550105"]],
  ["0105", ["0105"]],
  ["0000000", ["0000000"]],
  ["0301234567", ["301234567"]],
  ["Okafor 12-34", ["Okafor 12-34"]],
  ["12-34 +", ["12-34 +"]],
])("%j is looked for as %j", (search, terms) => {
  expect(searchTerms(search)).toEqual(terms);
});

test("numbers are shown as their own countries group them, and what is none as it is", async () => {
  const { sql } = databases.get("without") ?? {};
  if (sql === undefined) throw new Error("expected a database");
  const { calls } = await createCallsDashboard({ sql }).listCalls({ orgId: firstOrg });
  const shown = new Map(calls.map((call) => [call.phone_number, call.phone_number_formatted]));
  expect(Object.fromEntries(shown)).toEqual({
    "+14155550105": "+1 415 555 0105",
    "+442079460958": "+44 20 7946 0958",
    "+4930901820": "+49 30 901820",
    "+390612345678": "+39 06 1234 5678",
    "+14155559999": "+1 415 555 9999",
    "(415) 555-0105": "(415) 555-0105",
  });
  const stored = await sql`select distinct phone_number from public.calls where org_id = ${firstOrg}`;
  expect(stored.map((row) => row.phone_number).toSorted()).toEqual([...shown.keys()].toSorted());
});

test("calls whose caller has a name, and those whose caller has none, are all of them together", async () => {
  const { sql } = databases.get("without") ?? {};
  if (sql === undefined) throw new Error("expected a database");
  const numbers = [null, "anonymous", "+14155550199"];
  for (const number of numbers) {
    await sql`
      insert into public.calls (org_id, vapi_call_id, call_direction, phone_number, caller_name)
      values (${firstOrg}, ${`nameless-${number}`}, 'inbound', ${number}, null)`;
  }
  for (const nameResolution of ["live", "legacy"] as const) {
    const dashboard = createCallsDashboard({ sql, nameResolution });
    const [named, nameless, all] = await Promise.all(
      [true, false, undefined].map((named) => dashboard.listCalls({ orgId: firstOrg, named })),
    );
    expect((named?.total ?? 0) + (nameless?.total ?? 0)).toBe(all?.total);
    // The calls of this test have no frozen name.
    expect(nameless?.total).toBe(nameResolution === "live" ? numbers.length : all?.total);
    expect(nameless?.calls).toHaveLength(nameless?.total ?? 0);
    expect(nameless?.calls.every(({ name_source }) => name_source === "phone" || name_source === "unknown")).toBe(true);
    const one = await dashboard.listCalls({ orgId: firstOrg, named: false, search: "555-0199" });
    expect(one).toMatchObject({ total: 1, calls: [{ phone_number: "+14155550199" }] });
  }
  await sql`delete from public.calls where vapi_call_id ^@ 'nameless-'`;
});

import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { patternOf } from "../../src/dashboard/search.ts";
import { undone } from "../promises/migrated-case.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { become, dropTenants, firstOrg, makeTenants, migrateWithSearch, secondOrg } from "./search-case.ts";

let database: TestDatabase;
let tenant: string;

const pieces = [
  "Ann",
  "Özgür",
  "ẞtraße",
  "ΣΊΣΥΦΟΣ",
  "İnci",
  "李小龍",
  "100%",
  "a_b",
  "back\\slash",
  "O'Brien",
  "  two  ",
  "--",
  "unknown soldier",
  "ﬀ",
  "é",
  "é",
  "🙂🙃🙂",
];

beforeAll(async () => {
  database = await createTestDatabase();
  const { sql } = database;
  tenant = await makeTenants(database);
  await migrateWithSearch(database.url);
  // Dirt that the rules on contacts would refuse today may be there from before.
  await sql`alter table public.contacts drop constraint contacts_name_must_be_real`;
  await sql`alter table public.contacts drop constraint contacts_phone_must_be_e164`;
  await sql`
    insert into public.contacts (org_id, name, phone, notes)
    select case when n % 3 = 0 then ${secondOrg}::uuid else ${firstOrg}::uuid end,
           case when n % 11 = 0 then null when n % 13 = 0 then '' when n % 17 = 0 then '+1415' || n
                else (${pieces}::text[])[1 + n % 17] || ' ' || (${pieces}::text[])[1 + n / 17 % 17] end,
           '+1415555' || lpad(n::text, 4, '0'), case when n % 7 = 0 then 'secret' end
    from generate_series(1, 600) as n`;
  await sql`
    insert into public.calls (org_id, vapi_call_id, contact_id, call_direction, phone_number, intent, created_at)
    select case when n % 29 = 0 then ${secondOrg}::uuid else k.org_id end, 'agreement-' || n, case when n % 5 > 0 then k.id end,
           case when n % 2 = 0 then 'inbound' else 'outbound' end,
           case n % 8 when 0 then null when 1 then '  ' when 2 then '(415) 555-' || lpad(n::text, 4, '0') when 3 then 'anonymous 100%'
                      when 4 then ' ' || k.phone || ' ' when 5 then (${pieces}::text[])[1 + n % 17] else k.phone end,
           case when n % 9 = 0 then 'secret' end, '2026-01-01'::timestamptz + n % 40 * interval '1 hour'
    from generate_series(1, 1500) as n
    join lateral (select * from public.contacts as c order by c.id offset n % 600 limit 1) as k on true`;
  await sql`analyze public.calls, public.contacts`;
}, 120_000);

afterAll(async () => {
  await dropTenants(database.sql, tenant);
  await database.drop();
});

const joined = fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 3 }).map((words) => words.join(" "));
const cut = fc.tuple(joined, fc.nat(20), fc.integer({ min: 3, max: 9 })).map(([text, from, length]) => {
  const characters = [...text];
  return characters
    .slice(from % characters.length)
    .slice(0, length)
    .join("");
});
const term = fc.oneof(
  { weight: 6, arbitrary: cut },
  { weight: 3, arbitrary: fc.stringMatching(/^[+0-9() -]{3,6}$/) },
  { weight: 2, arbitrary: fc.stringMatching(/^[%_\\a-zA-Z]{3,5}$/) },
  {
    weight: 1,
    arbitrary: fc.string({ unit: "grapheme", minLength: 3, maxLength: 6 }).filter((text) => !text.includes("\0")),
  },
);
const filters = fc.record({
  direction: fc.constantFrom(null, "inbound", "outbound"),
  since: fc.constantFrom(null, new Date("2026-01-01T12:00:00Z")),
  before: fc.constantFrom(null, new Date("2026-01-02T04:00:00Z")),
  limit: fc.integer({ min: 1, max: 60 }),
  skip: fc.nat(30),
});
const changeCase = fc.constantFrom<(text: string) => string>(
  (text) => text,
  (text) => text.toUpperCase(),
  (text) => text.toLowerCase(),
);

test.each(["owner", "tenant"])(
  "as %s, the indexes find what ILIKE on the view finds, in the same order and number",
  async (who) => {
    let answered = 0;
    await undone(database.sql, async (tx) => {
      // On so few rows the planner would take other ways.
      await tx.unsafe("set local enable_seqscan = off; set local enable_indexscan = off");
      if (who === "tenant") await become(tx, tenant, firstOrg);
      await fc.assert(
        fc.asyncProperty(
          term,
          changeCase,
          filters,
          async (drawn, change, { direction, since, before, limit, skip }) => {
            const text = change(drawn);
            const pattern = patternOf(text);
            const [fast] = await tx<{ total: string | null; ids: string[] | null }[]>`
            select total, ids from ssot_search.find_calls(${firstOrg}, ${text}, ${limit}, ${skip}, ${direction}, ${since}, ${before})`;
            const plain = await tx<{ id: string }[]>`
            select v.id from public.calls_with_caller_names as v
            where v.org_id = ${firstOrg} and (v.phone_number ilike ${pattern} or v.resolved_caller_name ilike ${pattern})
              and (${direction}::text is null or v.call_direction = ${direction})
              and (${since}::timestamptz is null or v.created_at >= ${since}) and (${before}::timestamptz is null or v.created_at < ${before})
            order by v.created_at desc, v.id`;
            if (fast?.total == null) {
              expect([...text].length < 3 || "unknown".includes(text.toLowerCase())).toBe(true);
              return;
            }
            answered += plain.length;
            expect(fast.total).toBe(String(plain.length));
            expect(fast.ids).toEqual(plain.slice(skip, skip + limit).map(({ id }) => id));
          },
        ),
        { numRuns: 400 },
      );
      for (const index of ["idx_contacts_search_name", "idx_calls_search_number"]) {
        const [used] = await tx`select pg_stat_get_xact_numscans(${`public.${index}`}::regclass) > 100 as much`;
        expect([index, used?.much]).toEqual([index, true]);
      }
      return true;
    });
    expect(answered).toBeGreaterThan(1000);
  },
  120_000,
);

test("of a text that is longer than any name the indexes hold no more pieces than of a long one", async () => {
  const [row] = await database.sql<{ n: number }[]>`
    select cardinality(ssot_search.grams(${firstOrg}, repeat('ab ', 33000), 3)) as n`;
  expect(row?.n).toBe(998 + 996);
});

import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { migrate } from "../../src/core/migrate.ts";
import { acceptedName } from "../../src/webhook/accepted-name.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { migrateOptions } from "../support/run-options.ts";
import { isRealName } from "./model.ts";

const phone = "+14155550123";
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  await migrate(migrateOptions(database.url));
  await database.sql.unsafe(`
    insert into public.organizations default values;
    create function public.accepts(name text) returns boolean language plpgsql as $$
    begin
      insert into public.contacts (org_id, name, phone) select id, accepts.name, '${phone}' from public.organizations;
      delete from public.contacts;
      return true;
    exception when check_violation then
      return false;
    end $$`);
});

afterAll(() => database.drop());

const part = fc.constantFrom(
  ...[
    "unknown",
    "Unknown",
    "UNKNOWN",
    "caller",
    "Caller",
    "Anonymous",
    "WIRELESS",
    "private ",
    "Number",
    "Null",
    "tel:",
    "TEL:",
    phone,
    "415",
    "555-0123",
    "(415)",
    "Ann",
    "x",
    "李",
    "é",
  ],
  ...[
    ..." \t\n+-().,/:0189!~_\\'\"%\u00a0\u2007\u200b\u202f\u2060\u3000\ufeff\u2010\u2011\u2212\u2028\u00ad\u200d\u3164",
  ],
);
const text = fc.oneof(
  { weight: 6, arbitrary: fc.array(part, { maxLength: 6 }).map((parts) => parts.join("")) },
  // PostgreSQL has no U+0000 in text, and no half of a surrogate pair.
  { weight: 2, arbitrary: fc.string({ unit: "binary", maxLength: 6 }).map((s) => s.replaceAll("\u0000", "")) },
);

function sampleNames(): { readonly names: string[]; readonly seed: number } {
  const seed = Date.now() % 0x7fffffff;
  return { names: [...new Set(fc.sample(text, { numRuns: 1200, seed }))], seed };
}

interface Verdict {
  readonly name: string;
  readonly rule: boolean;
  readonly accepted: boolean;
  readonly placeholder: boolean;
}

async function judge(names: readonly string[]): Promise<readonly Verdict[]> {
  const [row] = await database.sql<{ rule: string }[]>`select ssot.name_rule() as rule`;
  return database.sql<Verdict[]>`
    select name, ${database.sql.unsafe(row?.rule ?? "null")} as rule, public.accepts(name) as accepted,
      ssot.is_placeholder(name) as placeholder
    from (select name, ${phone} as phone from unnest(${[...names]}::text[]) with ordinality as n (name, place) order by place) as asked`;
}

test("the table accepts a name if and only if the rule holds of it", async () => {
  const { names, seed } = sampleNames();
  const split = (await judge(names)).filter(({ rule, accepted }) => rule !== accepted);
  expect(split.slice(0, 5), `sampled with seed ${seed}`).toEqual([]);
});

// What the rule of the table lets pass although it is no name: words that networks send, and what nobody sees.
function passesOnly(name: string): boolean {
  return (
    /^\P{L}*(anonymous|wireless|private|unknown)/iu.test(name) ||
    /^[\p{Default_Ignorable_Code_Point}\p{Z}\p{C}\u2800]*$/u.test(name)
  );
}

test("what is no placeholder passes the rule; of placeholders the contact's own phone does, and what networks send", async () => {
  const { names, seed } = sampleNames();
  const wrong = (await judge(names)).filter(
    ({ name, rule, placeholder }) => rule === placeholder && name !== phone && !(rule && passesOnly(name)),
  );
  expect(wrong.slice(0, 5), `sampled with seed ${seed}`).toEqual([]);
});

test("an independent reading in TypeScript agrees on what is a placeholder", async () => {
  const { names, seed } = sampleNames();
  // Control characters and rare blanks are the locale's business.
  const plain = names.filter(
    (name) =>
      !/[\u{e0000}-\u{e0fff}\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}]|\p{Cc}|\u2028|\u2029|\u0085|\u1680|\u180e/u.test(
        name.replaceAll(/[\t\n]/g, ""),
      ),
  );
  expect(plain.length).toBeGreaterThan(500);
  const split = (await judge(plain)).filter(({ name, placeholder }) => placeholder === isRealName(name));
  expect(split.slice(0, 5), `sampled with seed ${seed}`).toEqual([]);
});

test("where a name is a placeholder the webhook takes the number, and a name where it is none", async () => {
  const { names, seed } = sampleNames();
  const asked = names.filter((name) => !/^\s*(null|undefined)\s*$/.test(name) && name === name.trim());
  const split = (await judge(asked)).filter(
    ({ name, placeholder }) => (acceptedName(name, phone) === name) === placeholder,
  );
  expect(split.filter(({ name }) => name !== phone).slice(0, 5), `sampled with seed ${seed}`).toEqual([]);
});

test("whatever a caller is called, the webhook gives the new contact a name that the table accepts", async () => {
  const { names, seed } = sampleNames();
  const given = [...new Set(names.map((name) => acceptedName(name, phone)))];
  const refused = (await judge(given)).filter(({ accepted }) => !accepted);
  expect(refused.slice(0, 5), `sampled with seed ${seed}`).toEqual([]);
});

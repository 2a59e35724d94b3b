import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { normalisePhone } from "../../src/phone/normalise.ts";
import { isWithheld, withheldPattern } from "../../src/phone/withheld.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { installPhoneSql } from "./phone-sql.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase({ template: "empty" });
  await installPhoneSql(database.sql);
});

afterAll(() => database.drop());

/** Whether ssot.is_withheld says so of each. */
async function askSql(numbers: readonly (string | null)[]): Promise<readonly boolean[]> {
  const rows = await database.sql<{ withheld: boolean }[]>`
    select ssot.is_withheld(n.number) as withheld
    from unnest(${[...numbers]}::text[]) with ordinality as n(number, place) order by n.place`;
  return rows.map(({ withheld }) => withheld);
}

const nobody = [
  null,
  "",
  "  ",
  "\t\n",
  "\u00a0\u200b",
  "anonymous",
  "Anonymous",
  " UNKNOWN ",
  "unavailable",
  "Restricted",
  "private",
  "Private Number",
  "unknown_caller",
  "Unknown\u00a0Caller-ID",
  "blocked",
  "withheld",
  "+266696687",
  "+266 696-687",
  "tel:+2 666 966 87",
  "+7378742833",
  "+86282452253",
  "+86 (28) 245\u20112253",
  "+2562533",
  "+8656696",
  "anonymous@anonymous.invalid",
  "sip:Anonymous@192.0.2.7:5060",
  "<sips:unavailable@unknown.invalid>",
];

const somebody = [
  "+14155550142",
  "(737) 874-2833",
  "7378742833",
  "266696687",
  "+2666966870",
  "020 7946 0018",
  "+6821234",
  "private eye",
  "unknown caller 2",
  "4155550142 x101",
  "sip:agent@pbx.example.com",
  "SIPS:4155550142@example.com",
  "101",
  "10001",
  "-",
  "n/a",
];

test.each(nobody)("%j names nobody", async (raw) => {
  expect(isWithheld(raw)).toBe(true);
  expect(await askSql([raw])).toEqual([true]);
});

test.each(somebody)("%j is somebody's number, or for others to refuse", async (raw) => {
  expect(isWithheld(raw)).toBe(false);
  expect(await askSql([raw])).toEqual([false]);
});

test("the rule is one text in the command and in SQL", async () => {
  const [row] = await database.sql<{ pattern: string }[]>`select ssot.withheld_pattern() as pattern`;
  expect(row?.pattern).toBe(withheldPattern("[:space:]"));
});

test("SQL and JavaScript agree on random text", async () => {
  const piece = fc.constantFrom(
    ..."anonymous,Unknown,private,caller,id,number,+,+2666,96687,7378742833,sip:,@host,tel:,1".split(","),
    ...[" ", "\t", "-", "_", "(", "\u00a0", "\u2011", "\u200e", "\u3000", "\uff0d", "\u{1f4de}"],
  );
  const seed = Date.now() % 0x7fffffff;
  const texts = fc.sample(
    fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join("")),
    { numRuns: 20_000, seed },
  );
  const answers = await askSql(texts);
  expect(
    texts.filter((text, index) => isWithheld(text) !== answers[index]),
    `seed ${seed}`,
  ).toEqual([]);
  expect(answers.filter(Boolean).length).toBeGreaterThan(100);
});

test.each(["101", "1-0001", "sip:agent@pbx.example.com", "sip:4155550142", "+266 696 687", "+86 28 245 2253"])(
  "%j is no contact's number in any country",
  (raw) => {
    for (const country of ["US", "DE", "AT", "FI", "CN"]) expect(normalisePhone(raw, country)).toBeNull();
  },
);

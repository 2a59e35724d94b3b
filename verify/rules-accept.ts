import type { Sql } from "postgres";
import type { Finding, Look } from "../src/checks/define.ts";

const own = "+14155550100";

// What each rule has to say of a contact with this name and phone.
const samples: readonly {
  readonly rule: string;
  readonly sample: string;
  readonly accept: boolean;
  readonly contact: { readonly name: string | null; readonly phone: string };
}[] = [
  ...(
    [
      ["no name", null],
      ["a blank name", "   "],
      ["Unknown", "Unknown"],
      ["unknown caller", " unknown  CALLER "],
      ["Unknown Caller", "Unknown Caller"],
      ["one ASCII character", "x"],
      ["another's number", "+12025550199"],
      ["a loose number", "(202) 555-0199"],
    ] as const
  ).map(([sample, name]) => nameSample(sample, name, false)),
  ...(
    [
      ["a name", "Jo Li"],
      ["one Chinese character", "李"],
      ["its own number", own],
    ] as const
  ).map(([sample, name]) => nameSample(sample, name, true)),
  ...(
    [
      ["a national number", "(415) 555-0100", false],
      ["digits without plus", "14155550100", false],
      ["a leading zero", "+04155550100", false],
      ["sixteen digits", "+1234567890123456", false],
      ["a word", "anonymous", false],
      ["E.164", own, true],
    ] as const
  ).map(([sample, phone, accept]) => ({
    rule: "contacts_phone_must_be_e164",
    sample,
    accept,
    contact: { name: "Jo Li", phone },
  })),
];

function nameSample(sample: string, name: string | null, accept: boolean): (typeof samples)[number] {
  return { rule: "contacts_name_must_be_real", sample, accept, contact: { name, phone: own } };
}

/** Asks the rules as they stand in the catalog, on contacts that are made up; nothing is written for it. */
export async function rulesAccept({ sql }: Look): Promise<Finding> {
  const rules = await sql<{ name: string; expression: string }[]>`
    select k.conname as name, pg_get_expr(k.conbin, k.conrelid) as expression
    from pg_catalog.pg_constraint as k
    where k.conrelid = to_regclass('public.contacts') and k.contype = 'c'
      and k.conname in ('contacts_name_must_be_real', 'contacts_phone_must_be_e164')
    order by k.conname`;
  if (rules.length < 2) return { population: 0, broken: 0, skip: "a rule is missing: see schema.constraints" };
  const rows: { rule: string; sample: string; problem: string }[] = [];
  for (const { name, expression } of rules) {
    const mine = samples.filter(({ rule }) => rule === name);
    const accepts = await acceptance(
      sql,
      expression,
      mine.map(({ contact }) => contact),
    );
    mine.forEach(({ sample, accept }, place) => {
      if (accepts[place] !== accept) rows.push({ rule: name, sample, problem: accept ? "is refused" : "is accepted" });
    });
  }
  return { population: samples.length, broken: rows.length, rows };
}

// A CHECK lets a row pass unless it is false.
async function acceptance(sql: Sql, expression: string, contacts: readonly object[]): Promise<readonly boolean[]> {
  const rows = await sql.unsafe<{ accepted: boolean }[]>(
    `select (${expression}) is not false as accepted
     from jsonb_array_elements($1::text::jsonb) with ordinality as sample(contact, place)
     cross join lateral jsonb_populate_record(null::public.contacts, sample.contact) as contacts
     order by sample.place`,
    [JSON.stringify(contacts)],
  );
  return rows.map(({ accepted }) => accepted);
}

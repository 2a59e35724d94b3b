import type { Sql } from "postgres";
import type { Finding, Look } from "../src/checks/define.ts";
import { placeholderRule } from "../src/model/placeholder-name.ts";
import { e164Shape } from "../src/phone/e164.ts";
import { madeUpNames, madeUpPhones, type Sample } from "./made-up-contacts.ts";

interface Rule {
  readonly name: string;
  readonly expression: string;
  /** How long a value of the column may be; null: as long as one likes. */
  readonly longest: number | null;
}

/**
 * Asks the rules as they stand in the catalog, beside the rules as migration 2 makes them, about contacts that are made up: names of all
 * scripts and lengths, numbers of all countries. Nothing is written for it. A rule that reads as it was made needs no asking.
 */
export async function rulesAccept({ sql }: Look): Promise<Finding> {
  const rules = await sql<Rule[]>`
    select k.conname as name, pg_get_expr(k.conbin, k.conrelid) as expression,
           (select case when a.atttypmod > 4 then a.atttypmod - 4 end from pg_catalog.pg_attribute as a
            where a.attrelid = k.conrelid and a.attname = case k.conname when 'contacts_name_must_be_real' then 'name' else 'phone' end) as longest
    from pg_catalog.pg_constraint as k
    where k.conrelid = to_regclass('public.contacts') and k.contype = 'c'
      and k.conname in ('contacts_name_must_be_real', 'contacts_phone_must_be_e164')
    order by k.conname`;
  if (rules.length < 2) return { population: 0, broken: 0, skip: "a rule is missing: see schema.constraints" };
  const [encoding] = await sql<{ unicode: boolean }[]>`select getdatabaseencoding() = 'UTF8' as unicode`;
  const meant = rulesAsMade(encoding?.unicode === true);
  const rows: { rule: string; sample: string; problem: string }[] = [];
  let population = 0;
  for (const rule of rules) {
    const isName = rule.name === "contacts_name_must_be_real";
    const made = isName ? meant.name : meant.phone;
    population += 1;
    if (rule.expression === made.printed) continue;
    const samples = (isName ? madeUpNames() : madeUpPhones()).filter(
      ({ contact }) =>
        ((isName ? contact.name : contact.phone)?.length ?? 0) <= (rule.longest ?? Number.POSITIVE_INFINITY),
    );
    population += samples.length;
    for (const { sample, accepted } of await differing(sql, rule.expression, made.said, samples)) {
      rows.push({ rule: rule.name, sample, problem: accepted ? "is accepted" : "is refused" });
    }
  }
  return { population, broken: rows.length, rows };
}

// As a rule is said, and as PostgreSQL prints it where the columns are text.
function rulesAsMade(unicode: boolean) {
  const { short, unknown, numeric } = placeholderRule("[:space:]", { unicode });
  const [a, b, c] = [quote(short), quote(unknown), quote(numeric)];
  return {
    name: {
      said: `name is not null and octet_length(btrim(name)) >= 2 and name !~ ${a} and name !~* ${b} and (name = phone or name !~* ${c})`,
      printed: `((name IS NOT NULL) AND (octet_length(btrim(name)) >= 2) AND (name !~ ${a}::text) AND (name !~* ${b}::text) AND ((name = phone) OR (name !~* ${c}::text)))`,
    },
    phone: { said: `phone ~ ${quote(e164Shape)}`, printed: `(phone ~ ${quote(e164Shape)}::text)` },
  };
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

// A CHECK lets a row pass unless it is false.
async function differing(
  sql: Sql,
  present: string,
  meant: string,
  samples: readonly Sample[],
): Promise<readonly { readonly sample: string; readonly accepted: boolean }[]> {
  const rows = await sql.unsafe<{ place: string; accepted: boolean }[]>(
    `select distinct on (sample.kind) sample.place, (${present}) is not false as accepted
     from jsonb_to_recordset($1::text::jsonb) as sample(place integer, kind text, contact jsonb)
     cross join lateral jsonb_populate_record(null::public.contacts, sample.contact) as contacts
     where ((${present}) is not false) <> ((${meant}) is not false)
     order by sample.kind, sample.place`,
    [JSON.stringify(samples.map(({ sample, contact }, place) => ({ place, kind: sample, contact })))],
  );
  return rows.map(({ place, accepted }) => ({ sample: samples[Number(place)]?.sample ?? "", accepted }));
}

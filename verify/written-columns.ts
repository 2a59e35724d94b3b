import { z } from "zod";
import { defineCheck, plainText } from "../src/checks/define.ts";
import { sql } from "../src/checks/fragment.ts";
import { optionalColumns } from "../src/webhook/call-columns.ts";

// What every event brings, and what one may come without.
const brought = {
  calls: ["org_id", "vapi_call_id", "call_direction", "call_type", "status", "is_test_call"],
  contacts: ["org_id", "phone", "name", "source"],
};
const sometimes = {
  calls: ["contact_id", "phone_number", ...optionalColumns.map(({ name }) => name)],
  contacts: ["lead_score", "lead_status"],
};
const words = {
  "calls.call_direction": ["inbound", "outbound"],
  "contacts.lead_status": ["hot", "warm", "cold"],
};
const texts = ["calls.vapi_call_id", "calls.phone_number", "contacts.phone", "contacts.name"];

const pairs = (columns: Readonly<Record<string, readonly string[]>>): string =>
  `{${Object.entries(columns)
    .flatMap(([table, names]) => names.map((name) => `${table}.${name}`))
    .join(",")}}`;

/** Of the suite auto-create: by the catalog, calls and contacts take what an event writes. Where a trigger fills in values, the probes tell. */
export const writtenColumns = defineCheck({
  id: "columns",
  claim:
    "calls and contacts take what the webhook writes: it brings every value that they must have, in a type that takes it",
  hint: "Give the column a default or drop its NOT NULL; let an enum have the words that are written. Until then events fail, or lose a value",
  row: z.object({ column: plainText, problem: plainText }),
  population: sql`
    select count(*) as population from pg_catalog.pg_attribute as a
    where a.attrelid in (to_regclass('public.calls'), to_regclass('public.contacts')) and a.attnum > 0 and not a.attisdropped`,
  sql: sql`
    with col as materialized (
      select c.relname || '.' || a.attname as name, a.*, t.typcategory, coalesce(nullif(t.typbasetype, 0), t.oid) as base,
             exists (select from pg_catalog.pg_trigger as g
                     where g.tgrelid = c.oid and not g.tgisinternal and g.tgenabled <> 'D' and (g.tgtype & 7) = 7) as is_filled
      from pg_catalog.pg_class as c
      join pg_catalog.pg_attribute as a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      join pg_catalog.pg_type as t on t.oid = a.atttypid
      where c.oid in (to_regclass('public.calls'), to_regclass('public.contacts'))
    )
    select c.name as "column",
           case when c.name = any (${pairs(sometimes)}::text::text[]) then 'must have a value, and not every event brings one'
                else 'must have a value, and no event brings one' end as problem
    from col as c
    where c.attnotnull and c.attidentity = '' and c.attgenerated = '' and not c.is_filled and c.name <> all (${pairs(brought)}::text::text[])
      and (not c.atthasdef or c.name in ('calls.contact_id', 'calls.phone_number', 'contacts.lead_score', 'contacts.lead_status'))
    union all
    select c.name, 'lacks the word ' || w.word
    from col as c
    join jsonb_each(${JSON.stringify(words)}::text::jsonb) as m(name, words) on m.name = c.name
    cross join lateral jsonb_array_elements_text(m.words) as w(word)
    where c.typcategory = 'E'
      and not exists (select from pg_catalog.pg_enum as e where e.enumtypid = c.base and e.enumlabel = w.word)
    union all
    select c.name, 'is no text' from col as c where c.name = any (${`{${texts.join(",")}}`}::text::text[]) and c.typcategory <> 'S'
    order by 1, 2`,
});

import { firstOrg, secondOrg } from "../healthy-case.ts";
import { failing, type Mutation, warning } from "./mutation.ts";

const noNameRule = "alter table public.contacts drop constraint contacts_name_must_be_real";
const noPhoneRule = "alter table public.contacts drop constraint contacts_phone_must_be_e164";

/** Calls of now, one a number. */
function calls(
  numbers: string,
  changes: { org?: string; columns?: string; values?: string; from?: string } = {},
): string {
  const { org = firstOrg, columns = "", values = "", from = "unnest" } = changes;
  return `insert into public.calls (org_id, vapi_call_id, call_direction, phone_number${columns})
    select '${org}', 'new-' || n, 'inbound', x.number${values} from ${from}(${numbers}) with ordinality as x(number, n)`;
}

const anyContact = (org: string): string =>
  `(select k.id from public.contacts as k where k.org_id = '${org}' and k.phone = '+14155570001')`;
/** Links calls to one contact of their organisation. */
const toOne = (where: string): string =>
  `update public.calls as c set contact_id = (select k.id from public.contacts as k where k.org_id = c.org_id order by k.phone limit 1) where c.contact_id is not null and ${where}`;
/** Links calls to the next contact of their organisation. */
const toNext = (where: string): string =>
  `update public.calls as c set contact_id = (select k.id from public.contacts as k where k.org_id = c.org_id and k.phone > c.phone_number order by k.phone limit 1) where c.contact_id is not null and exists (select from public.contacts as k where k.org_id = c.org_id and k.phone > c.phone_number) and ${where}`;

/** Rows that are wrong: links, numbers, names. */
export const rows: readonly Mutation[] = [
  ...failing(
    "integrity.right-contact",
    [
      "all outbound calls of an organisation show one contact",
      toOne(`c.call_direction = 'outbound' and c.org_id = '${firstOrg}'`),
    ],
    ["all outbound calls show one contact", toOne("c.call_direction = 'outbound'")],
    [
      "all inbound calls of an organisation show one contact",
      toOne(`c.call_direction = 'inbound' and c.org_id = '${secondOrg}'`),
    ],
    ["every call shows one contact of its organisation", toOne("true")],
    ["every call of the last week is wrong", toNext("c.created_at > now() - interval '7 days'")],
    [
      "every call since yesterday is wrong",
      `${calls("array(select k.phone from public.contacts as k where k.org_id = 'a0000000-0000-4000-8000-000000000001' and k.phone like '+14155570%' limit 12)", { columns: ", contact_id", values: `, ${anyContact(firstOrg)}` })}`,
    ],
    [
      "every call of one day is wrong",
      toNext(
        "c.created_at::date = (select max(x.created_at)::date - 5 from public.calls as x where x.vapi_call_id like 'week%')",
      ),
    ],
    [
      "inbound calls of one organisation are off by one",
      toNext(`c.call_direction = 'inbound' and c.org_id = '${firstOrg}'`),
    ],
    [
      "outbound calls of one organisation are off by one",
      toNext(`c.call_direction = 'outbound' and c.org_id = '${secondOrg}'`),
    ],
    [
      "a third of an organisation's calls is wrong",
      toNext(`c.org_id = '${firstOrg}' and right(c.phone_number, 1) in ('0', '1', '2')`),
    ],
  ),
  ...failing(
    "integrity.tenant-links",
    [
      "a link crosses tenants",
      `update public.calls set contact_id = ${anyContact(secondOrg)} where vapi_call_id = 'vapi-seed-01'`,
    ],
    [
      "all links of an organisation cross",
      `update public.calls set contact_id = ${anyContact(secondOrg)} where org_id = '${firstOrg}'`,
    ],
    [
      "calls were given to another organisation",
      `update public.calls set org_id = '${secondOrg}' where org_id = '${firstOrg}' and vapi_call_id like 'week-%'`,
    ],
  ),
  ...failing(
    "coverage.inbound",
    [
      "links of old calls are lost",
      "update public.calls set contact_id = null where call_direction = 'inbound' and vapi_call_id like 'vapi%'",
    ],
    [
      "one link of an old call is lost",
      "update public.calls set contact_id = null where vapi_call_id = 'vapi-seed-01'",
    ],
    [
      "an old call with a contact's number has no contact",
      "insert into public.calls (org_id, vapi_call_id, call_direction, phone_number, created_at) values ('" +
        firstOrg +
        "', 'old', 'inbound', '+14155550101', '2026-01-01')",
    ],
  ),
  ...failing(
    "coverage.outbound",
    ["links of outbound calls are lost", "update public.calls set contact_id = null where call_direction = 'outbound'"],
    [
      "one outbound call is not linked",
      `insert into public.calls (org_id, vapi_call_id, call_direction, phone_number) values ('${firstOrg}', 'out', 'outbound', '+14155550101')`,
    ],
  ),
  ...failing(
    "coverage.inbound-since",
    ["a new call is not linked", calls("array['+12025550198']")],
    ["new calls of known callers are not linked", calls("array['+14155570003', '+14155570004']")],
    [
      "no call of the last days is linked",
      "update public.calls set contact_id = null where call_direction = 'inbound' and created_at > now() - interval '8 days'",
    ],
    [
      "new calls of one organisation are not linked",
      calls("array['+12025550191', '+12025550192', '+12025550193']", { org: secondOrg }),
    ],
    [
      "all links since are lost",
      "update public.calls set contact_id = null where vapi_call_id like 'week%' and call_direction = 'inbound'",
    ],
  ),
  ...failing(
    "coverage.numbers",
    ["new calls come without a number", calls("array_fill(null::text, '{60}')")],
    ["new calls come with an empty number", calls("array_fill(''::text, '{80}')")],
    [
      "new calls of the other organisation come without a number",
      calls("array_fill(null::text, '{200}')", { org: secondOrg }),
    ],
    ["new calls come with blanks for a number", calls("array_fill('  '::text, '{55}')")],
  ),
  ...failing(
    "coverage.spellings",
    ["new calls have national numbers", calls("array['(202) 555-0191', '(202) 555-0192']")],
    ["new calls have numbers without plus", calls("array['12025550191', '12025550192', '12025550193']")],
    ["new calls have numbers with dashes", calls("array['202-555-0191']")],
    ["new calls have numbers as dialled abroad", calls("array['011 49 30 901820', '01144 20 7946 0018']")],
    ["new calls have numbers with blanks", calls("array['+1 202 555 0191', '+1 202 555 0192']")],
    ["new calls have tel: before their numbers", calls("array['tel:+12025550191']")],
    [
      "new calls of known callers are spelt otherwise",
      "update public.calls set phone_number = substr(phone_number, 3), contact_id = null where vapi_call_id like 'week%' and created_at > now() - interval '6 days' and call_direction = 'inbound'",
    ],
  ),
  ...failing(
    "coverage.names",
    ["a sync resets all names to numbers", "update public.contacts set name = phone"],
    [
      "a sync resets the names of an organisation",
      `update public.contacts set name = phone where org_id = '${firstOrg}'`,
    ],
    ["a sync resets half of the names", "update public.contacts set name = phone where right(phone, 1) < '5'"],
    [
      "a sync resets the names that calls made",
      "update public.contacts set name = phone where source = 'inbound-call-auto'",
    ],
  ),
  ...failing(
    "schema.constraints",
    [
      "a contact has a loose number",
      `${noPhoneRule}; update public.contacts set phone = '415 555 0102' where phone = '+14155550102'`,
    ],
    [
      "contacts are called unknown",
      `${noNameRule}; update public.contacts set name = 'unknown' where phone like '+14155570%'`,
    ],
    ["a contact has no name", `${noNameRule}; update public.contacts set name = null where phone = '+14155550101'`],
  ),
  ...failing("schema.indexes", [
    "two contacts have one number",
    `drop index public.idx_contacts_org_phone_unique; insert into public.contacts (org_id, name, phone) values ('${firstOrg}', 'Twice', '+14155550102')`,
  ]),
  ...failing(
    "auto-create.scores",
    [
      "a contact that a call made has a score of 150",
      "update public.contacts set lead_score = 150 where phone = '+14155550171'",
    ],
    [
      "contacts that calls made have a negative score",
      "update public.contacts set lead_score = -1 where phone like '+14155570%'",
    ],
  ),
  ...warning("auto-create.unscored", [
    "contacts that calls made have no score any more",
    "update public.contacts set lead_score = null, lead_status = null where source = 'inbound-call-auto'",
  ]),
  ...warning("integrity.contact-with-call", [
    "a contact that a call made has no call",
    `insert into public.contacts (org_id, name, phone, source) values ('${firstOrg}', 'Apart', '+14155550199', 'inbound-call-auto')`,
  ]),
  ...failing(
    "integrity.journals",
    ["the journal is empty", "delete from ssot.journal"],
    ["the journal was truncated", "truncate ssot.journal"],
    ["the journal of links is empty", "delete from ssot.journal where task = 'calls.contact_id'"],
    ["a planned change is left", "update ssot.task set planned = planned + 1 where task = 'calls.contact_id'"],
    ["a run was interrupted", "update ssot.run set finished_at = null where name like '%mark_deprecated'"],
  ),
];

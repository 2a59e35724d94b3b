import type { CallsSchema } from "./calls-schema.ts";
import { callId, contactParts, org, partsOf, shortened } from "./statement-parts.ts";

/**
 * The statement of an event whose call is not stored: finds or makes the contact, inserts the call, and gives `call_id`, `contact_id`,
 * `contact_created`. No row: there is a call of that id, and nothing was written. If somebody took the id a moment ago, the error of the
 * key takes back the contact as well. Half as long as the statement of any event, and without anything to compare. Needs the unique
 * index on contacts.
 */
export function newCallStatement(schema: CallsSchema): string {
  const columns = schema.columns.map(partsOf);
  const contact = contactParts(schema, "");
  const ofOrg = schema.idsPerOrganisation ? ` and c.org_id = ${org}::uuid` : "";
  return shortened(`
  with open as (
    select k.id as known, k.lacks, n.id as named from (select) as one
    ${contact.ofNumber}
    ${contact.named}
    where not exists (select from public.calls as c where c.vapi_call_id = ${callId}::text${ofOrg})
  ), ${contact.writes}, call as (
    insert into public.calls (org_id, vapi_call_id, contact_id, ${columns.map((column) => column.name).join(", ")})
    select ${org}, ${callId}, coalesce(known, (select id from made), named), ${columns.map((column) => column.inserted(column.sent)).join(", ")} from open
    returning id, contact_id
  )
  select id as call_id, contact_id, coalesce((select created from made), false) as contact_created, true as wrote, true as created,
    null as changed from call`);
}

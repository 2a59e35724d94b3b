import { changes } from "./call-columns.ts";
import type { CallsSchema } from "./calls-schema.ts";
import { callId, contactParts, formerWords, makes, org, partsOf, shortened } from "./statement-parts.ts";

/**
 * The one statement of any event: finds or makes the contact, writes the call, and gives `call_id`, `contact_id`, `contact_created`;
 * `wrote`, false where the event says nothing new; `created`, the call's row is new; `changed`, places of the columns that it changes,
 * from one on; and what `formerWords` says of the score. No row: the call's id is another organisation's, and nothing was written; where
 * ids are unique in an organisation only, another organisation's call is not looked at at all. Every look-up is by a key.
 *
 *   found     one row: the call as it is, of whichever organisation; the organisation's contact of this number, and whether
 *             it lacks what the event has; else the contact that the sender named; `settled`, if there is nothing to do but to change
 *             columns of the call, and `changes`, which of them
 *   open      that row, if there is something to write and the call's id is not another organisation's
 *   made      the contact of a number that was unknown
 *   improved  a contact that is called by its number gets the name; one that a call made, the score
 *   call      the call, written; if it is not the version that was found, an error takes back the contact as well: division by zero
 *             where another organisation took its id a moment ago, a logarithm of zero where the same one wrote it, which is then
 *             looked at again
 *
 * The server copies the text of a statement several times in each execution: it is kept short.
 */
export function callStatement(schema: CallsSchema): string {
  const columns = schema.columns.map(partsOf);
  const former = formerWords(schema);
  const contact = contactParts(schema, former.scored);
  const [callKey, ofOrg] = schema.idsPerOrganisation
    ? ["org_id, vapi_call_id", ` and c.org_id = ${org}::uuid`]
    : ["vapi_call_id", ""];
  const taken = columns.find(({ key }) => key === "taken_events");
  const known = taken === undefined ? "" : `${taken.stored("c")} @> ${taken.sent} or `;
  const isWhole = "settled and (true = any (changes)) is not true";
  return shortened(`
  with found as (
    select c.id, c.org_id, c.contact_id, c.xmin as v, k.id as known, k.lacks, n.id as named${former.found},
      c.org_id = ${org} and (${known}k.lacks is not true and (c.contact_id is not null or not (${makes} or k.id is not null or n.id is not null))) as settled,
      case when c.id is not null${taken === undefined ? "" : ` and (${taken.stored("c")} @> ${taken.sent}) is not true`} then
        array[${columns.map((column) => changes(column, column.stored("c"), column.sent)).join(", ")}] end as changes
    from (select) as one
    left join public.calls as c on c.vapi_call_id = ${callId}::text${ofOrg}
    ${contact.ofNumber}
    ${contact.named}
  ), open as (
    select known, lacks, named from found where (${isWhole}) is not true and (org_id = ${org}) is not false
  ), ${contact.writes}, call as (
    insert into public.calls as c (org_id, vapi_call_id, contact_id, ${columns.map((column) => column.name).join(", ")})
    select ${org}, ${callId}, coalesce(known, (select id from made), named), ${columns.map((column) => column.inserted(column.sent)).join(", ")} from open
    on conflict (${callKey}) do update
      set contact_id = coalesce(c.contact_id, excluded.contact_id)${schema.updatedAt ? ", updated_at = now()" : ""}
          ${columns
            .filter(({ fixed }) => !fixed)
            .map(({ name: column, stored, written }) => `, ${column} = ${written(stored("c"), stored("excluded"))}`)
            .join("\n          ")}
      where 1 / (c.org_id = excluded.org_id)::integer = 1 and ln((select count(*) from found where v = c.xmin)) = 0
    returning c.id, c.contact_id
  )
  select x.id as call_id, x.contact_id, coalesce((select created from made), false) as contact_created, x.wrote, f.id is null as created,
    array_to_string(array_positions(f.changes, true), ',') as changed${former.given}
  from (select id, contact_id, true as wrote from call
        union all select id, contact_id, false from found where ${isWhole}) as x, found as f`);
}

import { changes } from "./call-columns.ts";
import type { CallsSchema } from "./calls-schema.ts";
import { callId, contactParts, formerWords, makes, org, partsOf, shortened } from "./statement-parts.ts";

/**
 * The statement of an event whose call is stored with its contact, so that there is nothing to do but to change columns of the call.
 * Gives what the statement of any event gives. No row: it is not so, or somebody wrote the call a moment ago, and nothing was written. An
 * insert that meets its row costs more than an update: the row is made, its rules are asked, and triggers of inserts are run. Needs the
 * unique index on contacts.
 */
export function storedCallStatement(schema: CallsSchema): string {
  const columns = schema.columns.map(partsOf);
  const former = formerWords(schema);
  const taken = columns.find(({ key }) => key === "taken_events");
  const isTaken = taken === undefined ? "" : `${taken.stored("c")} @> ${taken.sent}`;
  const set = columns
    .filter(({ fixed }) => !fixed)
    .map((column) => `${column.name} = ${column.written(column.stored("c"), column.sent)}`);
  return shortened(`
  with found as (
    select c.id, c.contact_id, c.xmin as v${former.found},
      ${isTaken === "" ? "" : `case when (${isTaken}) is not true then `}array[${columns.map((column) => changes(column, column.stored("c"), column.sent)).join(", ")}]${isTaken === "" ? "" : " end"} as changes
    from public.calls as c ${contactParts(schema, former.scored).ofNumber}
    where c.vapi_call_id = ${callId}::text and c.org_id = ${org}::uuid
      and (${isTaken === "" ? "" : `${isTaken} or `}k.lacks is not true and (c.contact_id is not null or not (${makes}::boolean or k.id is not null or $6::uuid is not null)))
      and ($8::text is null or true)
  ), call as (
    update public.calls as c set ${schema.updatedAt ? "updated_at = now(), " : ""}${set.join(", ")}
    from found as f where c.vapi_call_id = ${callId} and c.org_id = ${org} and c.xmin = v and true = any (f.changes)
    returning c.id
  )
  select f.id as call_id, f.contact_id, false as contact_created, x.id is not null as wrote, false as created,
    array_to_string(array_positions(f.changes, true), ',') as changed${former.given}
  from found as f left join call as x on true where x.id is not null or (true = any (f.changes)) is not true`);
}

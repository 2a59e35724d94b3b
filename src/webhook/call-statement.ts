import { normalisePhone } from "../phone/normalise.ts";
import { isWithheld } from "../phone/withheld.ts";
import { acceptedName } from "./accepted-name.ts";
import { requiredColumns } from "./call-columns.ts";
import type { CallEvent } from "./call-event.ts";
import type { CallsSchema, ColumnType } from "./calls-schema.ts";

type Value = string | number | boolean | Date | null;

/** The values of the statement's parameters, in their order. */
export function callValues(schema: CallsSchema, event: CallEvent): readonly Value[] {
  const phone = contactNumber(event);
  const name = phone === null ? null : acceptedName(event.name, phone);
  return [
    event.orgId,
    event.vapiCallId,
    phone,
    phone !== null && event.direction === "inbound" && event.createContact !== false,
    name === phone ? null : name,
    event.contactId ?? null,
    event.leadScore,
    event.leadStatus,
    event.direction,
    phone ?? event.number,
    ...schema.columns.map((column) => column.read(event)),
  ];
}

/** The number in E.164 that a contact may be known by, else null: a test call is nobody's. */
export function contactNumber({ number, country, details }: CallEvent): string | null {
  return number === null || details?.isTest === true || isWithheld(number) ? null : normalisePhone(number, country);
}

/**
 * The one statement of an event: finds or makes the contact, writes the call, and gives `call_id`, `contact_id`,
 * `contact_created`. No row: the call's id is another organisation's, and nothing was written; where ids are unique in an
 * organisation only, another organisation's call is not looked at at all. Every look-up is by a key.
 *
 *   found     one row: the call as it is, of whichever organisation; the organisation's contact of this number, and whether
 *             it lacks what the event has; else the contact that the sender named; `seen`, if the event says nothing new:
 *             then nothing at all is written
 *   open      that row, if there is something to write and the call's id is not another organisation's
 *   made      the contact of a number that was unknown
 *   improved  a contact that is called by its number gets the name; one that a call made, the score
 *   call      the call, written; if another organisation took its id a moment ago, an error takes back the contact as well
 *
 * The server copies the text of a statement several times in each execution: it is kept short.
 */
export function callStatement(schema: CallsSchema): string {
  const [org, vapiCallId, number, makes] = ["$1::uuid", "$2::text", "$3::text", "$4::boolean"];
  const [name, named] = ["$5::text", "$6::uuid"];
  const { types } = schema;
  const score = cast("$7::integer", types.score);
  // A type that lists its values may lack this one.
  const tier =
    types.tier?.fits === true
      ? `case when $8::text = any (enum_range(null::${types.tier.name})::text[]) then ${cast("$8::text", types.tier)} end`
      : cast("$8::text", types.tier);
  const columns = [
    {
      name: "call_direction",
      sent: cast("$9::text", types.direction),
      join: (stored: string, sent: string) =>
        types.direction === undefined
          ? requiredColumns.call_direction(stored, sent)
          : cast(requiredColumns.call_direction(`${stored}::text`, `${sent}::text`), types.direction),
    },
    { name: "phone_number", sent: "$10::text", join: requiredColumns.phone_number },
    ...schema.columns.map((column, n) => ({ ...column, sent: `$${11 + n}::${column.type}` })),
  ];
  // Only a contact that a call made gets its score from a call, once.
  const unscored = (contact: string): string =>
    schema.source ? `${contact}.source = 'inbound-call-auto' and ${contact}.lead_score is null` : "false";
  const better = (contact: string): string => `
      set name = case when ${contact}.name = ${contact}.phone then coalesce(${name}, ${contact}.name) else ${contact}.name end,
          lead_score = case when ${unscored(contact)} then ${score} else ${contact}.lead_score end,
          lead_status = case when ${unscored(contact)} then coalesce(${tier}, ${contact}.lead_status) else ${contact}.lead_status end`;
  // A lost race takes the winner's row. None of the columns is in a key: nobody else waits for it.
  const onConflict = schema.unique ? `on conflict (org_id, phone) do update ${better("contacts")}` : "";
  const [source, sourceValue] = schema.source ? [", source", ", 'inbound-call-auto'"] : ["", ""];
  const [callKey, ofOrg] = schema.idsPerOrganisation
    ? ["org_id, vapi_call_id", ` and c.org_id = ${org}`]
    : ["vapi_call_id", ""];
  // Without the unique index a number may have several contacts: the one that a merge would keep counts. (A mere "false" is no order.)
  const oldest = schema.unique ? "" : `order by (${schema.dead}) is true, k.created_at, k.id limit 1`;
  const text = `
  with found as (
    select c.id, c.org_id, c.contact_id, k.id as known, k.lacks, n.id as named,
      (c.org_id = ${org} and k.lacks is not true
        and (c.contact_id is not null or not (${makes} or k.id is not null or n.id is not null))
        and (${columns.map(({ name: column, sent, join }) => join(`c.${column}`, sent)).join(", ")})
            is not distinct from (${columns.map((column) => `c.${column.name}`).join(", ")})) is true as seen
    from (select) as one
    left join public.calls as c on c.vapi_call_id = ${vapiCallId}${ofOrg}
    left join lateral (
      select k.id, k.name = k.phone and ${name} is not null or ${unscored("k")} and ${score} is not null as lacks
      from public.contacts as k where k.org_id = ${org} and k.phone = ${number} ${oldest}
    ) as k on true
    left join public.contacts as n on n.id = ${named} and n.org_id = ${org} and not ${makes} and k.id is null
  ), open as (
    select known, lacks, named from found where not seen and (org_id = ${org}) is not false
  ), made as (
    insert into public.contacts (org_id, phone, name, lead_score, lead_status${source})
    select ${org}, ${number}, coalesce(${name}, ${number}), ${score}, ${tier}${sourceValue}
    from open where ${makes} and known is null
    ${onConflict}
    returning id, xmax = 0 as created
  ), improved as (
    update public.contacts as k ${better("k")}
    from open where k.id = open.known and open.lacks
  ), call as (
    insert into public.calls as c (org_id, vapi_call_id, contact_id, ${columns.map((column) => column.name).join(", ")})
    select ${org}, ${vapiCallId}, coalesce(known, (select id from made), named), ${columns.map(({ sent }) => sent).join(", ")} from open
    on conflict (${callKey}) do update
      set contact_id = coalesce(c.contact_id, excluded.contact_id)${schema.updatedAt ? ", updated_at = now()" : ""},
          ${columns.map(({ name: column, join }) => `${column} = ${join(`c.${column}`, `excluded.${column}`)}`).join(",\n          ")}
      where 1 / (c.org_id = excluded.org_id)::integer = 1
    returning c.id, c.contact_id
  )
  select x.id as call_id, x.contact_id, coalesce((select created from made), false) as contact_created
  from (select id, contact_id from call union all select id, contact_id from found where seen) as x`;
  return text.replace(/\s+/g, " ").trim();
}

// Where no value of ours fits it is null, and the parameter is named all the same, for its type.
function cast(value: string, type: ColumnType | undefined): string {
  if (type === undefined) return value;
  return type.fits ? `${value}::${type.name}` : `nullif(${value}, ${value})::text::${type.name}`;
}

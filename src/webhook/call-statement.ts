import { changes } from "./call-columns.ts";
import type { CallsSchema, ColumnType, WrittenColumn } from "./calls-schema.ts";

/** Parameters before those of the columns. */
const parameters = 8;

/**
 * The one statement of an event: finds or makes the contact, writes the call, and gives `call_id`, `contact_id`, `contact_created`;
 * `wrote`, false where the event says nothing new; `created`, the call's row is new; `changed`, places of the columns that it changes,
 * from one on; and, where a report with a score changes them, the former `was_transcript` (empty for none) and `was_sentiment`. No row: the call's id is
 * another organisation's, and nothing was written; where ids are unique in an organisation only, another organisation's call is not
 * looked at at all. Every look-up is by a key.
 *
 *   found     one row: the call as it is, of whichever organisation; the organisation's contact of this number, and whether
 *             it lacks what the event has; else the contact that the sender named; `settled`, if there is nothing to do but to change
 *             columns of the call, and `changes`, which of them
 *   open      that row, if there is something to write and the call's id is not another organisation's
 *   made      the contact of a number that was unknown
 *   improved  a contact that is called by its number gets the name; one that a call made, the score
 *   call      the call, written; if somebody took its id a moment ago, an error takes back the contact as well: division by zero where it
 *             is another organisation, a logarithm of zero where it is the same one, which is then looked at again
 *
 * The server copies the text of a statement several times in each execution: it is kept short.
 */
export function callStatement(schema: CallsSchema): string {
  const [org, callId, number, makes] = ["$1::uuid", "$2::text", "$3::text", "$4::boolean"];
  const [name, named] = ["$5::text", "$6::uuid"];
  const { types } = schema;
  const score = cast("$7::integer", types.score);
  // A type that lists its values may lack this one.
  const tier =
    types.tier?.fits === true
      ? `case when $8::text = any (enum_range(null::${types.tier.name})::text[]) then ${cast("$8::text", types.tier)} end`
      : cast("$8::text", types.tier);
  const columns = schema.columns.map(partsOf);
  // Only a contact that a call made gets its score from a call, once; what somebody gave it stays.
  const unscored = (contact: string): string =>
    schema.source ? `${contact}.source = 'inbound-call-auto' and ${contact}.lead_score is null` : "false";
  const better = (contact: string): string => `
      set name = case when ${contact}.name = ${contact}.phone then coalesce(${name}, ${contact}.name) else ${contact}.name end,
          lead_score = case when ${unscored(contact)} then ${score} else ${contact}.lead_score end,
          lead_status = case when ${unscored(contact)} then coalesce(${contact}.lead_status, ${tier}) else ${contact}.lead_status end`;
  // A lost race takes the winner's row. None of the columns is in a key: nobody else waits for it.
  const onConflict = schema.unique ? `on conflict (org_id, phone) do update ${better("contacts")}` : "";
  const [source, sourceValue] = schema.source ? [", source", ", 'inbound-call-auto'"] : ["", ""];
  const [callKey, ofOrg] = schema.idsPerOrganisation
    ? ["org_id, vapi_call_id", ` and c.org_id = ${org}`]
    : ["vapi_call_id", ""];
  // Without the unique index a number may have several contacts: the one that a merge would keep counts. (A mere "false" is no order.)
  const oldest = schema.unique ? "" : `order by (${schema.dead}) is true, k.created_at, k.id limit 1`;
  const taken = columns.find(({ key }) => key === "taken_events");
  const known = taken === undefined ? "" : `${taken.stored("c")} @> ${taken.sent} or `;
  const inserted = schema.isPartitioned ? "" : ", inserted";
  const former = schema.source ? formerWords(schema.columns) : { found: "", scored: "", given: "" };
  const text = `
  with found as (
    select c.id, c.org_id, c.contact_id, k.id as known, k.lacks, n.id as named${former.found},
      c.org_id = ${org} and (${known}k.lacks is not true and (c.contact_id is not null or not (${makes} or k.id is not null or n.id is not null))) as settled,
      ${taken === undefined ? "" : `case when (${taken.stored("c")} @> ${taken.sent}) is not true then `}array[${columns.map((column) => changes(column, column.stored("c"), column.sent)).join(", ")}]${taken === undefined ? "" : " end"} as changes
    from (select) as one
    left join public.calls as c on c.vapi_call_id = ${callId}${ofOrg}
    left join lateral (
      select k.id${former.scored}, k.name = k.phone and ${name} is not null or ${unscored("k")} and ${score} is not null as lacks
      from public.contacts as k where k.org_id = ${org} and k.phone = ${number} ${oldest}
    ) as k on true
    left join public.contacts as n on n.id = ${named} and n.org_id = ${org} and not ${makes} and k.id is null
  ), open as (
    select known, lacks, named from found where (settled and (true = any (changes)) is not true) is not true and (org_id = ${org}) is not false
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
    select ${org}, ${callId}, coalesce(known, (select id from made), named), ${columns.map(({ inserted }) => inserted).join(", ")} from open
    on conflict (${callKey}) do update
      set contact_id = coalesce(c.contact_id, excluded.contact_id)${schema.updatedAt ? ", updated_at = now()" : ""}
          ${columns
            .filter(({ fixed }) => !fixed)
            .map(({ name: column, stored, written }) => `, ${column} = ${written(stored("c"), stored("excluded"))}`)
            .join("\n          ")}
      where 1 / (c.org_id = excluded.org_id)::integer = 1${schema.isPartitioned ? " and ln((select count(id) from found)) = 0" : ""}
    returning c.id, c.contact_id${schema.isPartitioned ? "" : ", c.xmax = 0 as inserted"}
  )
  select x.id as call_id, x.contact_id, coalesce((select created from made), false) as contact_created, x.wrote, ${schema.isPartitioned ? "f.id is null" : "f.id is null and ln(x.inserted::integer) = 0"} as created,
    array_to_string(array_positions(f.changes, true), ',') as changed${former.given}
  from (select id, contact_id, true as wrote${inserted} from call
        union all select id, contact_id, false${schema.isPartitioned ? "" : ", false"} from found where settled and (true = any (changes)) is not true) as x, found as f`;
  return text.replace(/\s+/g, " ").trim();
}

interface Parts {
  readonly key: string;
  readonly name: string;
  readonly fixed: boolean;
  readonly sent: string;
  readonly inserted: string;
  readonly stored: (row: string) => string;
  readonly join: (stored: string, sent: string) => string;
  readonly written: (stored: string, sent: string) => string;
}

// A type of somebody's is compared as text, and cast when it is written.
function partsOf(column: WrittenColumn, n: number): Parts {
  const parameter = `$${parameters + 1 + n}::${column.type === "text[]" ? "text" : column.type}`;
  const sent = column.type === "text[]" ? `case when ${parameter} is not null then array[${parameter}] end` : parameter;
  const name = `"${column.name.replaceAll('"', '""')}"`;
  const typed = (value: string): string => (column.cast === undefined ? value : `(${value})::${column.cast}`);
  // A value that decides the partition cannot change.
  const join = column.fixed ? (stored: string): string => stored : column.join;
  return {
    key: column.key,
    name,
    fixed: column.fixed,
    sent,
    inserted: typed(column.insert?.(sent) ?? sent),
    stored: (row) => (column.cast === undefined ? `${row}.${name}` : `${row}.${name}::text`),
    join,
    written: (stored, told) => typed(join(stored, told)),
  };
}

// What a score was made of before this event, where the event changes it.
// A report without a transcript scores, too: it can only have been this call's where the contact has no other.
function formerWords(columns: readonly WrittenColumn[]): {
  readonly found: string;
  readonly scored: string;
  readonly given: string;
} {
  const place = (...keys: readonly string[]): number => columns.findIndex(({ key }) => keys.includes(key));
  const [transcript, sentiment] = [place("transcript"), place("sentiment", "sentiment_label")];
  const nameOf = (n: number): string =>
    n < 0 ? "null::text" : `c."${columns[n]?.name.replaceAll('"', '""') ?? ""}"::text`;
  if (transcript < 0) return { found: "", scored: "", given: "" };
  const changed = [transcript, sentiment].filter((n) => n >= 0).map((n) => `f.changes[${n + 1}]`);
  const ifChanged = (value: string): string =>
    `case when $7::integer is not null and (${changed.join(" or ")}) then ${value} end`;
  const only = "not exists (select from public.calls as o where o.contact_id = f.known and o.id <> f.id)";
  const words = `case when f.transcript is not null then f.transcript when f.scored and f.id is not null and ${only} then '' end`;
  return {
    found: `, k.scored, ${nameOf(transcript)} as transcript, ${nameOf(sentiment)} as sentiment`,
    scored: ", k.lead_score is not null as scored",
    given: `, ${ifChanged(words)} as was_transcript, ${ifChanged("f.sentiment")} as was_sentiment`,
  };
}

// Where no value of ours fits it is null, and the parameter is named all the same, for its type.
function cast(value: string, type: ColumnType | undefined): string {
  if (type === undefined) return value;
  return type.fits ? `${value}::${type.name}` : `nullif(${value}, ${value})::text::${type.name}`;
}

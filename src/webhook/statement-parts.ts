import type { CallsSchema, ColumnType, WrittenColumn } from "./calls-schema.ts";
import { wordColumns } from "./stored-words.ts";

/** Parameters before those of the columns. */
const parameters = 8;

/** Parameters whose type the look-up has told. */
export const [org, callId, makes] = ["$1", "$2", "$4"];
const [number, name] = ["$3", "$5"];

/** A column as the statements name it. */
export interface ColumnParts {
  readonly key: string;
  readonly name: string;
  readonly fixed: boolean;
  /** What the event says, its type told. */
  readonly sent: string;
  /** What a new row gets. */
  readonly inserted: (sent: string) => string;
  readonly stored: (row: string) => string;
  readonly join: (stored: string, sent: string) => string;
  /** The two joined, for the row. */
  readonly written: (stored: string, sent: string) => string;
}

// A type of somebody's is compared as text, and cast when it is written.
export function partsOf(column: WrittenColumn, n: number): ColumnParts {
  const bare = `$${parameters + 1 + n}`;
  const typed = (value: string): string => (column.cast === undefined ? value : `(${value})::${column.cast}`);
  // Quoted only where it is somebody's name: the text is kept short.
  const quoted = column.name === column.key ? column.name : `"${column.name.replaceAll('"', '""')}"`;
  // A value that decides the partition cannot change.
  const join = column.fixed ? (stored: string): string => stored : column.join;
  return {
    key: column.key,
    name: quoted,
    fixed: column.fixed,
    sent:
      column.type === "text[]"
        ? `case when ${bare}::text is not null then array[${bare}] end`
        : `${bare}::${column.type}`,
    inserted: (sent) => typed(column.insert?.(sent) ?? sent),
    stored: (row) => (column.cast === undefined ? `${row}.${quoted}` : `${row}.${quoted}::text`),
    join,
    written: (stored, sent) => typed(join(stored, sent)),
  };
}

/** What the statements say of contacts. */
export interface ContactParts {
  /** FROM: the organisation's contact `k` of the number, and whether it lacks what the event has. */
  readonly ofNumber: string;
  /** FROM: the contact `n` that the sender named, where the number gives none. */
  readonly named: string;
  /** CTEs that read `open`: the contact of a number that was unknown, and what one that is known lacks. */
  readonly writes: string;
}

/** `scored` adds whether the contact has a score. */
export function contactParts(schema: CallsSchema, scored: string): ContactParts {
  const { types } = schema;
  const score = cast("$7", types.score);
  // A type that lists its values may lack this one.
  const tier =
    types.tier?.fits === true
      ? `case when $8::text = any (enum_range(null::${types.tier.name})::text[]) then ${cast("$8::text", types.tier)} end`
      : cast("$8::text", types.tier);
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
  // Without the unique index a number may have several contacts: the one that a merge would keep counts. (A mere "false" is no order.)
  const oldest = schema.unique ? "" : `order by (${schema.dead}) is true, k.created_at, k.id limit 1`;
  return {
    ofNumber: `left join lateral (
      select k.id${scored}, k.name = k.phone and $5::text is not null or ${unscored("k")} and $7::integer is not null as lacks
      from public.contacts as k where k.org_id = $1::uuid and k.phone = $3::text ${oldest}
    ) as k on true`,
    named: `left join public.contacts as n on n.id = $6::uuid and n.org_id = $1::uuid and not $4::boolean and k.id is null`,
    writes: `made as (
    insert into public.contacts (org_id, phone, name, lead_score, lead_status${source})
    select ${org}, ${number}, coalesce(${name}, ${number}), ${score}, ${tier}${sourceValue}
    from open where ${makes} and known is null
    ${onConflict}
    returning id, xmax = 0 as created
  ), improved as (
    update public.contacts as k ${better("k")}
    from open where k.id = open.known and open.lacks
  )`,
  };
}

/** What a score was made of before an event, where it may have to be another one after it. */
export interface FormerWords {
  readonly found: string;
  readonly scored: string;
  /** Where the event changes the words of a call whose contact has a score, and where the event gives its contact the first score and the call has words of other events. */
  readonly given: string;
}

/**
 * Gives `was_transcript` (empty for none; null: the score need not change) and `was_sentiment`. An event without a number does not tell
 * whether the call's contact is scored: it may be.
 */
export function formerWords(schema: CallsSchema): FormerWords {
  const { source, columns } = schema;
  const place = (...keys: readonly string[]): number => columns.findIndex(({ key }) => keys.includes(key));
  const [transcript, sentiment] = [place("transcript"), place("sentiment", "sentiment_label")];
  const words = wordColumns(schema, "c");
  if (!source || transcript < 0) return { found: "", scored: "", given: "" };
  const changed = [transcript, sentiment].filter((n) => n >= 0).map((n) => `f.changes[${n + 1}]`);
  // A report without a transcript scores, too: it can only have been this call's where the contact has no other.
  const only = "not exists (select from public.calls as o where o.contact_id = f.contact_id and o.id <> f.id)";
  const whenChanged = `when f.scored is not false and f.contact_id is not null and (${changed.join(" or ")}) then coalesce(f.transcript, case when ${only} then '' end)`;
  const whenFirst =
    "when $7 is not null and f.scored is not true then coalesce(f.transcript, case when f.sentiment is not null then '' end)";
  return {
    found: `, k.scored, ${words.transcript} as transcript, ${words.sentiment} as sentiment`,
    scored: ", k.lead_score is not null as scored",
    given: `, case ${whenFirst} ${whenChanged} end as was_transcript, f.sentiment as was_sentiment, f.scored`,
  };
}

// Where no value of ours fits it is null, and the parameter is named all the same, for its type.
function cast(value: string, type: ColumnType | undefined): string {
  if (type === undefined) return value;
  return type.fits ? `${value}::${type.name}` : `nullif(${value}, ${value})::text::${type.name}`;
}

/** The text as it is sent: the server copies it several times in each execution. */
export function shortened(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

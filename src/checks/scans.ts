import { placeholderRule } from "../model/placeholder-name.ts";
import { e164Shape } from "../phone/e164.ts";
import { keypadNumbers, withheldPattern } from "../phone/withheld.ts";
import { type Fragment, join, org, sql } from "./fragment.ts";
import { migrationNames } from "./migration-names.ts";
import type { NeededObject } from "./objects.ts";

/** A table that is read once for all claims about its rows. Conditions of checks name its flags with the alias `r`. */
export interface Scan {
  readonly needs: readonly NeededObject[];
  readonly from: Fragment;
  /** What claims are made of: true or false of each row. */
  readonly flags: Readonly<Record<string, Fragment>>;
}

const placeholder = placeholderRule("[:space:]", { unicode: false });
const e164 = (column: Fragment): Fragment => sql`${column} ~ ${e164Shape}`;
const phone = sql`v.phone_number`;

/** Condition: a number that names nobody. */
export const withheld = (number: Fragment): Fragment =>
  sql`coalesce(
    case when ${number} collate "C" !~ '[^+0-9]' then ${number} collate "C" = any (${`{"",${keypadNumbers.join(",")}}`}::text::text[])
         else ${number} collate "C" ~* ${withheldPattern("[:space:]", { unicode: false })} end, true)`;

// When the last migration of Phase 1 was applied.
const migrated = sql`(
  select l.run_on at time zone 'UTC' from ssot.ledger as l where l.name = ${migrationNames.deprecate})`;

/** Every call as the view shows it, beside the contact that it is linked to, whoever's that is. */
const calls: Scan = {
  needs: ["view", "bookkeeping"],
  // Where calls have no mark of a call from a browser, the one beside them is found.
  from: sql`
    public.calls_with_caller_names as v left join public.contacts as k on k.id = v.contact_id
    cross join (select false as is_test_call) as none
    cross join lateral (select is_test_call::text as said from (select v.*) as w) as t
    where ${org}::uuid is null or v.org_id = ${org}`,
  flags: {
    inbound: sql`v.call_direction = 'inbound'`,
    linked: sql`v.contact_id is not null`,
    numbered: sql`v.phone_number ~ '[^[:space:]]'`,
    withheld: withheld(phone),
    // A SIP address, or an extension.
    inside: sql`v.phone_number ~* '^[[:space:]]*<?sips?:|@' or v.phone_number ~ '^[^0-9+]*([0-9][^0-9]*){1,5}$'`,
    possible: sql`${e164(phone)} and not ${withheld(phone)}`,
    // From a browser or a program: nobody's phone.
    test: sql`t.said = 'true'`,
    // Not linked, and a contact of the organisation has the number.
    known: sql`v.contact_id is null and not ${withheld(phone)}
      and exists (select from public.contacts as p where p.org_id = v.org_id and p.phone = v.phone_number)`,
    // The same, and the contact was there already: when the call came, or when calls were linked.
    missed: sql`v.contact_id is null and not ${withheld(phone)}
      and exists (select from public.contacts as p where p.org_id = v.org_id and p.phone = v.phone_number
                    and coalesce(p.created_at <= greatest(v.created_at, ${migrated}), true))`,
    historical: sql`v.created_at < timestamptz '2026-02-09 00:00:00+00'`,
    since_migration: sql`v.created_at > ${migrated}`,
    recent: sql`v.created_at > now() - interval '7 days'`,
    own_contact: sql`k.org_id = v.org_id`,
    has_contacts_number: sql`k.phone = v.phone_number`,
    shows_nobody: sql`v.resolved_caller_name is null or v.resolved_caller_name = 'Unknown'`,
    shows_unknown: sql`v.resolved_caller_name is null or v.resolved_caller_name ~* ${placeholder.unknown}`,
    shows_unknown_caller: sql`v.resolved_caller_name ~* ${placeholder.unknownCaller}`,
    shows_contact: sql`v.resolved_caller_name is not distinct from k.name`,
    shows_what_it_should: sql`v.resolved_caller_name is not distinct from coalesce(
      case when k.org_id = v.org_id then k.name end, nullif(btrim(v.phone_number), ''), 'Unknown')`,
    source_contact: sql`v.name_source = 'contact'`,
    source_phone: sql`v.name_source = 'phone'`,
    source_unknown: sql`v.name_source = 'unknown'`,
  },
};

/** Every contact. */
const contacts: Scan = {
  needs: ["bookkeeping", "source"],
  from: sql`public.contacts as v where ${org}::uuid is null or v.org_id = ${org}`,
  flags: {
    e164: e164(sql`v.phone`),
    // No name, or one that stands for none and is not the contact's own number. The rule lets "Anonymous" pass: whoever writes that may.
    placeholder: sql`v.name is null or v.name is distinct from v.phone and ssot.is_placeholder(v.name) and v.name !~* ${placeholder.nobody}`,
    made_by_call: sql`v.source = 'inbound-call-auto'`,
    score_in_range: sql`v.lead_score between 0 and 100`,
    scored: sql`v.lead_score is not null`,
    tiered: sql`v.lead_status is not null`,
  },
};

export const scans = { calls, contacts } as const satisfies Record<string, Scan>;

export type ScanName = keyof typeof scans;

/** The rows with their flags. */
export function rowsOf(scan: Scan): Fragment {
  return sql`(select v.id, v.org_id, v.created_at, ${columnsOf(scan)} from ${scan.from}) as r`;
}

/**
 * How many rows there are of each combination of flags: `n`. So each flag is computed once a row, and the claims are
 * about the few combinations that there are.
 */
export function combinationsOf(scan: Scan): Fragment {
  const names = plain(Object.keys(scan.flags).join(", "));
  return sql`(select ${names}, count(*) as n from (select ${columnsOf(scan)} from ${scan.from}) as f group by ${names}) as r`;
}

function columnsOf({ flags }: Scan): Fragment {
  const columns = Object.entries(flags).map(([name, flag]) => sql`coalesce(${flag}, false)${plain(` as ${name}`)}`);
  return join(columns, ", ");
}

function plain(text: string): Fragment {
  return { strings: [text], values: [] };
}

import { type Fragment, org, sql } from "./fragment.ts";
import type { NeededObject } from "./objects.ts";

/** A table that is read once for all claims about its rows. */
export interface Scan {
  /** From-clause; conditions of checks name its columns with the alias `r`. */
  readonly from: Fragment;
  readonly needs: readonly NeededObject[];
}

// Has E.164's shape, and is none of the words that networks send for a withheld number, spelt on a keypad.
const possible = sql`v.phone_number ~ '^[+][1-9][0-9]{1,14}$'
  and v.phone_number not in ('+266696687', '+7378742833', '+86282452253', '+2562533', '+8656696')`;

/**
 * Every call as the view shows it, beside the contact that it is linked to, whoever's that is. Computed once a row:
 * `possible` (the number could be somebody's), `known` (some contact of the organisation has it; for unlinked calls).
 * The subquery is a fence: without it every claim would compute them anew.
 */
const calls: Scan = {
  needs: ["view", "bookkeeping"],
  from: sql`(
    select v.id, v.org_id, v.contact_id, v.created_at, v.call_direction = 'inbound' as inbound,
           v.resolved_caller_name as shown, v.name_source,
           v.phone_number, coalesce(v.phone_number ~ '[^[:space:]]', false) as numbered, coalesce(${possible}, false) as possible,
           v.contact_id is null and coalesce(${possible}, false)
             and exists (select from public.contacts as p where p.org_id = v.org_id and p.phone = v.phone_number) as known,
           k.org_id as contact_org_id, k.name as contact_name
    from public.calls_with_caller_names as v
    left join public.contacts as k on k.id = v.contact_id
    where ${org}::uuid is null or v.org_id = ${org}
    offset 0) as r`,
};

/** Every contact; `placeholder`: its name is none, and is not its own number either. */
const contacts: Scan = {
  needs: ["bookkeeping", "source"],
  from: sql`(
    select k.id, k.org_id, k.name, k.phone, k.source, k.lead_score, k.lead_status, k.created_at,
           coalesce(k.phone ~ '^[+][1-9][0-9]{1,14}$', false) as e164,
           k.name is distinct from k.phone and ssot.is_placeholder(k.name) as placeholder,
           coalesce(k.source = 'inbound-call-auto', false) as made_by_call
    from public.contacts as k
    where ${org}::uuid is null or k.org_id = ${org}
    offset 0) as r`,
};

export const scans = { calls, contacts } as const satisfies Record<string, Scan>;

export type ScanName = keyof typeof scans;

import type { Sql } from "postgres";
import { SsotError } from "../model/errors.ts";
import { normalisePhone } from "../phone/normalise.ts";
import { isWithheld } from "../phone/withheld.ts";
import { acceptedName } from "./accepted-name.ts";

/** A call as the telephony provider reports it. */
export interface CallEvent {
  readonly orgId: string;
  /** The organisation's country, ISO 3166 alpha-2: how a national number is read. */
  readonly country: string;
  readonly vapiCallId: string;
  readonly direction: "inbound" | "outbound";
  /** As sent; withheld or unreadable numbers are kept on the call, without a contact. */
  readonly number: string | null;
  readonly name: string | null;
  readonly leadScore: number | null;
  readonly leadStatus: "hot" | "warm" | "cold" | null;
}

export interface RecordedCall {
  readonly callId: string;
  readonly contactId: string | null;
  readonly contactCreated: boolean;
}

/**
 * Writes a call and, for an inbound call of an unknown number, its contact: one statement, one round trip. Concurrent
 * first calls of one number make one contact, and a repeated event changes nothing. Needs the unique index of migration 2.
 * Throws CALL_OF_ANOTHER_ORGANISATION, with nothing written, when the call's id is another tenant's.
 */
export async function recordCall(sql: Sql, event: CallEvent): Promise<RecordedCall> {
  const number = event.number === null || isWithheld(event.number) ? null : normalisePhone(event.number, event.country);
  const [row] = await sql<{ call_id: string; contact_id: string | null; contact_created: boolean }[]>`
    with mine as (
      select not exists (select from public.calls where vapi_call_id = ${event.vapiCallId} and org_id <> ${event.orgId}) as ok
    ), known as (
      select k.id from public.contacts as k where k.org_id = ${event.orgId} and k.phone = ${number}
    ), made as (
      insert into public.contacts (org_id, phone, name, source, lead_score, lead_status)
      select ${event.orgId}, ${number}, ${number === null ? null : acceptedName(event.name, number)}, 'inbound-call-auto',
             ${event.leadScore}::integer, ${event.leadStatus}
      from mine
      where mine.ok and ${number}::text is not null and ${event.direction} = 'inbound' and not exists (select from known)
      -- A lost race takes the winner's row; source is in no key, so this waits for nobody else.
      on conflict (org_id, phone) do update set source = public.contacts.source
      returning id, xmax = 0 as created
    ), contact as (
      select id, false as created from known union all select id, created from made
    ), call as (
      insert into public.calls (org_id, vapi_call_id, call_direction, phone_number, contact_id)
      select ${event.orgId}, ${event.vapiCallId}, ${event.direction}, ${number ?? event.number}, (select id from contact)
      from mine where mine.ok
      on conflict (vapi_call_id) do update
        set phone_number = coalesce(excluded.phone_number, public.calls.phone_number),
            contact_id = coalesce(public.calls.contact_id, excluded.contact_id)
        where public.calls.org_id = excluded.org_id
      returning id, contact_id
    )
    select call.id as call_id, call.contact_id, coalesce((select created from contact), false) as contact_created from call`;
  if (row === undefined) {
    throw new SsotError(
      "CALL_OF_ANOTHER_ORGANISATION",
      "the call's id belongs to another organisation; nothing was written",
    );
  }
  return { callId: row.call_id, contactId: row.contact_id, contactCreated: row.contact_created };
}

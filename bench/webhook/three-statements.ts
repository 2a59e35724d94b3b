// The webhook as the mission document has it: look for the contact, insert it if there is none, upsert the call. Three
// prepared statements, one after the other; it checks nothing of what was sent, and two calls of a new number can race.
import type { Sql } from "postgres";
import { scoreLead } from "../../src/webhook/score-lead.ts";
import type { Report } from "./sample.ts";
import type { Told } from "./ways.ts";

export async function recordInThree(sql: Sql, { message }: Report): Promise<Told> {
  const { call, artifact, analysis } = message;
  const orgId = call.assistantId;
  const phone = call.customer.number;
  const direction = call.type === "outboundPhoneCall" ? "outbound" : "inbound";
  const { sentiment } = analysis.structuredData;
  let contactId: string | null = null;
  const [existing] = await sql<
    { id: string }[]
  >`select id, name from public.contacts where org_id = ${orgId} and phone = ${phone}`;
  if (existing !== undefined) {
    contactId = existing.id;
  } else if (direction === "inbound") {
    const { score, tier } = scoreLead({ orgId, transcript: artifact.transcript, sentiment });
    const [made] = await sql<{ id: string }[]>`
      insert into public.contacts (org_id, phone, name, lead_score, lead_status, source)
      values (${orgId}, ${phone}, ${call.customer.name || phone}, ${score}, ${tier}, 'inbound-call-auto')
      returning id`;
    contactId = made?.id ?? null;
  }
  const startedAt = new Date(message.startedAt);
  const endedAt = new Date(message.endedAt);
  const seconds = Math.round((endedAt.getTime() - startedAt.getTime()) / 1000);
  const [row] = await sql<{ id: string }[]>`
    insert into public.calls
      (org_id, vapi_call_id, contact_id, call_direction, call_type, phone_number, status, start_time, end_time,
       duration_seconds, recording_url, transcript, outcome_summary, sentiment, sentiment_label, is_test_call)
    values
      (${orgId}, ${call.id}, ${contactId}, ${direction}, ${direction}, ${phone}, 'ended', ${startedAt}, ${endedAt},
       ${seconds}, ${artifact.recordingUrl}, ${artifact.transcript}, ${analysis.summary}, ${sentiment}, ${sentiment}, false)
    on conflict (vapi_call_id) do update
      set org_id = excluded.org_id, contact_id = excluded.contact_id, call_direction = excluded.call_direction,
          call_type = excluded.call_type, phone_number = excluded.phone_number, status = excluded.status,
          start_time = excluded.start_time, end_time = excluded.end_time, duration_seconds = excluded.duration_seconds,
          recording_url = excluded.recording_url, transcript = excluded.transcript,
          outcome_summary = excluded.outcome_summary, sentiment = excluded.sentiment,
          sentiment_label = excluded.sentiment_label, is_test_call = excluded.is_test_call, updated_at = now()
    returning id`;
  return { callId: row?.id ?? "", contactId, contactCreated: existing === undefined };
}

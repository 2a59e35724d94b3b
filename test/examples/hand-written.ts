import type { Sql } from "postgres";

// A handler as such applications have one of their own: it looks, then inserts or updates, statement by statement. It is right
// for events that come in order and once, and knows of no other.

type Fields = Readonly<Record<string, unknown>>;

// biome-ignore lint/suspicious/noExplicitAny: as such handlers read a body.
export async function handWritten(sql: Sql, { message }: any): Promise<void> {
  if (message.type !== "status-update" && message.type !== "end-of-call-report") return;
  const { call } = message;
  const [organisation] = await sql`
    select id from public.organizations where vapi_phone_number_id = ${call.phoneNumberId}`;
  const orgId: string = organisation?.id;
  const inbound = call.type !== "outboundPhoneCall";
  const phone: string | null = call.customer.number ?? null;
  const contactId = await contactOf(sql, orgId, phone, call.customer.name, inbound);

  const known: Fields = {
    org_id: orgId,
    contact_id: contactId,
    phone_number: phone,
    call_direction: inbound ? "inbound" : "outbound",
    call_type: inbound ? "inbound" : "outbound",
    to_number: call.type === "webCall" ? null : inbound ? message.phoneNumber.number : phone,
    is_test_call: call.type === "webCall" && contactId === null,
    created_at: call.createdAt,
  };
  const told = message.type === "status-update" ? ofStatus(message) : ofReport(message);
  const callId = await save(sql, call.id, known, told);

  const data = message.analysis?.structuredData ?? {};
  if (/error|fault/.test(message.endedReason ?? "")) await alert(sql, callId, orgId, "failed");
  if (message.type === "status-update") return;

  if (data.slot) {
    await sql`
      insert into clinic.appointments (call_id, org_id, contact_id, starts_at, reason)
      values (${callId}, ${orgId}, ${contactId}, ${data.slot}, ${data.reason ?? null})`;
  }
  if (data.urgent) await alert(sql, callId, orgId, "urgent");
  if (data.sentiment === "negative") await alert(sql, callId, orgId, "unhappy");
  if (message.artifact.recordingUrl) {
    await sql`
      insert into clinic.recording_jobs (call_id, org_id, address)
      values (${callId}, ${orgId}, ${message.artifact.recordingUrl})`;
  }
  if (message.cost) {
    const minutes = Math.ceil((Date.parse(message.endedAt) - Date.parse(message.startedAt)) / 60_000);
    await sql`
      insert into clinic.billing_entries (call_id, org_id, minutes, cost)
      values (${callId}, ${orgId}, ${minutes}, ${message.cost})`;
  }
  if (inbound) {
    const score = data.sentiment === "positive" ? 80 : data.sentiment === "negative" ? 20 : 50;
    await sql`
      update public.contacts set lead_score = ${score}, lead_status = ${score > 70 ? "hot" : score < 40 ? "cold" : "warm"}
      where id = ${contactId} and source = 'inbound-call-auto' and lead_score is null`;
  }
}

async function contactOf(sql: Sql, orgId: string, phone: string | null, name: string | undefined, inbound: boolean) {
  if (phone === null) return null;
  const [found] = await sql`select id, name from public.contacts where org_id = ${orgId} and phone = ${phone}`;
  if (found === undefined) {
    if (!inbound) return null;
    const [made] = await sql`
      insert into public.contacts (org_id, name, phone, source)
      values (${orgId}, ${name ?? phone}, ${phone}, 'inbound-call-auto') returning id`;
    return made?.id;
  }
  if (found.name === phone && name) await sql`update public.contacts set name = ${name} where id = ${found.id}`;
  return found.id;
}

// biome-ignore lint/suspicious/noExplicitAny: as such handlers read a body.
function ofStatus({ status, timestamp }: any): Fields {
  return status === "in-progress" ? { status, start_time: new Date(timestamp) } : { status };
}

// biome-ignore lint/suspicious/noExplicitAny: as such handlers read a body.
function ofReport({ startedAt, endedAt, artifact, analysis }: any): Fields {
  const sentiment = analysis.structuredData?.sentiment ?? null;
  return {
    status: "ended",
    start_time: startedAt,
    end_time: endedAt,
    duration_seconds: Math.round((Date.parse(endedAt) - Date.parse(startedAt)) / 1000),
    transcript: artifact.transcript.trim(),
    recording_url: artifact.recordingUrl ?? null,
    outcome_summary: analysis.summary ?? null,
    sentiment,
    sentiment_label: sentiment,
  };
}

async function save(sql: Sql, vapiCallId: string, known: Fields, told: Fields): Promise<string> {
  const [found] = await sql`select id from public.calls where vapi_call_id = ${vapiCallId}`;
  if (found === undefined) {
    const [made] = await sql`
      insert into public.calls ${sql({ ...known, ...told, vapi_call_id: vapiCallId })} returning id`;
    return made?.id;
  }
  await sql`update public.calls set ${sql({ ...told })} where id = ${found.id}`;
  return found.id;
}

async function alert(sql: Sql, callId: string, orgId: string, kind: string): Promise<void> {
  const [found] = await sql`select kind from clinic.alerts where call_id = ${callId} and kind = ${kind}`;
  if (found === undefined)
    await sql`insert into clinic.alerts (call_id, kind, org_id) values (${callId}, ${kind}, ${orgId})`;
}

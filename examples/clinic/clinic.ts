import postgres, { type Sql, type TransactionSql } from "postgres";
import { createVapiWebhook, organizationByVapiId, type VapiMessages, type VapiWebhook, vapiSecret } from "ssot/webhook";
import { type Booking, readBooking } from "./booking.ts";

type Report = VapiMessages["end-of-call-report"];

/** Whose call it is, as the clinic's tables have it. */
interface Owner {
  readonly callId: string;
  readonly orgId: string;
  readonly contactId: string | null;
}

/**
 * The clinic's webhook: what a call leads to is written in the call's own transaction, all of it or nothing. Settings: DATABASE_URL,
 * VAPI_SECRET, and PAGER_URL, which is told of alerts once they are kept.
 */
export function createClinic(
  setting: (name: string) => string | undefined,
  pool: { prepare?: boolean } = {},
): VapiWebhook {
  const sql = postgres(setting("DATABASE_URL") ?? "", { max: 5, ...pool });
  const pager = setting("PAGER_URL");
  return createVapiWebhook({
    sql,
    resolveOrganization: organizationByVapiId(sql),
    authenticate: vapiSecret(setting("VAPI_SECRET") ?? ""),
    leadScore: "document",
    hooks: "transaction",
    on: {
      "status-update": async ({ message, organisation }, result, transaction) => {
        if (!result.handled || organisation === null || transaction === undefined) return;
        const owner = { callId: result.callId, orgId: organisation.id, contactId: result.contactId };
        if (hasFailed(message.endedReason)) await raise(transaction, owner, "failed");
      },
      "end-of-call-report": async ({ message, organisation }, result, transaction) => {
        if (!result.handled || organisation === null || transaction === undefined) return;
        const owner = { callId: result.callId, orgId: organisation.id, contactId: result.contactId };
        const booking = readBooking(message.analysis?.structuredData);
        await book(transaction, owner, booking);
        if (booking.urgent) await raise(transaction, owner, "urgent");
        if (booking.sentiment === "negative") await raise(transaction, owner, "unhappy");
        if (hasFailed(message.endedReason)) await raise(transaction, owner, "failed");
        await queueRecording(transaction, owner, message);
        await bill(transaction, owner, message);
      },
    },
    onEvent: async (_event, { callId }) => {
      if (callId !== null && pager !== undefined) await tellPager(sql, callId, pager);
    },
  });
}

async function book(transaction: TransactionSql, owner: Owner, { slot, reason }: Booking): Promise<void> {
  if (slot === null) return;
  await transaction`
    insert into clinic.appointments (call_id, org_id, contact_id, starts_at, reason)
    values (${owner.callId}, ${owner.orgId}, ${owner.contactId}, ${slot}, ${reason})
    on conflict (call_id) do nothing`;
}

async function raise(transaction: TransactionSql, owner: Owner, kind: "urgent" | "unhappy" | "failed"): Promise<void> {
  await transaction`
    insert into clinic.alerts (call_id, kind, org_id) values (${owner.callId}, ${kind}, ${owner.orgId})
    on conflict (call_id, kind) do nothing`;
}

async function queueRecording(transaction: TransactionSql, owner: Owner, { artifact }: Report): Promise<void> {
  const address = artifact?.recordingUrl ?? artifact?.recording?.mono?.combinedUrl ?? null;
  if (address === null) return;
  await transaction`
    insert into clinic.recording_jobs (call_id, org_id, address) values (${owner.callId}, ${owner.orgId}, ${address})
    on conflict (call_id) do nothing`;
}

async function bill(transaction: TransactionSql, owner: Owner, { cost, startedAt, endedAt }: Report): Promise<void> {
  const seconds = (Date.parse(endedAt ?? "") - Date.parse(startedAt ?? "")) / 1000;
  if (typeof cost !== "number" || Number.isNaN(seconds)) return;
  await transaction`
    insert into clinic.billing_entries (call_id, org_id, minutes, cost)
    values (${owner.callId}, ${owner.orgId}, ${Math.ceil(seconds / 60)}, ${cost})
    on conflict (call_id) do nothing`;
}

// In a transaction: where the pager is away the alerts stay untold, and the call's next event tells them.
async function tellPager(sql: Sql, callId: string, pager: string): Promise<void> {
  await sql.begin(async (transaction) => {
    const alerts = await transaction<{ kind: string }[]>`
      update clinic.alerts set told_at = now() where call_id = ${callId} and told_at is null returning kind`;
    if (alerts.length === 0) return;
    const body = JSON.stringify({ callId, kinds: alerts.map(({ kind }) => kind).sort() });
    const answer = await fetch(pager, { method: "POST", body, signal: AbortSignal.timeout(5000) });
    if (!answer.ok) throw new Error(`the pager answered ${answer.status}`);
  });
}

function hasFailed(endedReason: string | null | undefined): boolean {
  return /error|fault/.test(endedReason ?? "");
}

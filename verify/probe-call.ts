import { randomInt, randomUUID } from "node:crypto";
import type { Sql } from "postgres";
import type { Handled } from "../src/webhook/handled.ts";
import { createVapiWebhook } from "../src/webhook/vapi-webhook.ts";

/** What a probe's caller is called. */
export const probeName = "Ssot Verify";

/** A call to an organisation; the probes' and the demo's. */
export interface ProbeCall {
  readonly orgId: string;
  readonly vapiCallId: string;
  readonly number: string;
  readonly name: string | null;
}

/**
 * An inbound call from a number that nobody has: country code 999 is not assigned. Every run takes another one, so that
 * two of them never wait for each other.
 */
export function probeCall(orgId: string, n: number, changes: Partial<ProbeCall> = {}): ProbeCall {
  return { orgId, vapiCallId: `ssot-verify-${randomUUID()}`, number: `+999${run}${n}`, name: probeName, ...changes };
}

const run = String(randomInt(100_000, 1_000_000));

/** Sends the end of a call through the library's webhook, as the application's server would. */
export async function takeCall(sql: Sql, call: ProbeCall): Promise<Extract<Handled, { readonly handled: true }>> {
  const { handle } = createVapiWebhook({
    sql,
    resolveOrganization: () => call.orgId,
    authenticate: "none",
    logger: silent,
  });
  const handled = await handle({
    message: {
      type: "end-of-call-report",
      analysis: { structuredData: { sentiment: "positive" } },
      artifact: { transcript: "User: I would like to book an appointment." },
      call: { id: call.vapiCallId, type: "inboundPhoneCall", customer: { number: call.number, name: call.name } },
    },
  });
  if (!handled.handled) throw new Error("the webhook left a call alone");
  return handled;
}

// The claims say what became of the call.
const silent = { info: () => {}, warn: () => {}, error: () => {} };

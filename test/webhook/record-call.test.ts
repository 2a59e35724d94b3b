import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { CallEvent } from "../../src/webhook/call-event.ts";
import { recordCall } from "../../src/webhook/record-call.ts";
import type { TestDatabase } from "../support/database.ts";
import { firstOrg, makeHealthy } from "../verify/healthy-case.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await makeHealthy();
});
afterAll(() => database?.drop());

let last = 0;
function callFrom(number: string | null, changes: Partial<CallEvent> = {}): CallEvent {
  last += 1;
  return {
    orgId: firstOrg,
    country: "US",
    vapiCallId: `call-${last}-${randomUUID()}`,
    direction: "inbound",
    number,
    name: null,
    leadScore: null,
    leadStatus: null,
    ...changes,
  };
}

async function stored(vapiCallId: string) {
  const [call] = await database.sql`
    select to_jsonb(c) - 'created_at' - 'updated_at' as call, to_jsonb(k) as contact
    from public.calls as c left join public.contacts as k on k.id = c.contact_id where c.vapi_call_id = ${vapiCallId}`;
  return call;
}

test("a first call makes a contact with name, source and score, and is linked to it", async () => {
  const event = callFrom("(202) 555-0111", { name: "Ada Lovelace", leadScore: 81, leadStatus: "hot" });
  const recorded = await recordCall(database.sql, event);
  expect(recorded).toMatchObject({ contactCreated: true, detailsRefused: false });
  const row = await stored(event.vapiCallId);
  expect(row?.call).toMatchObject({
    id: recorded.callId,
    contact_id: recorded.contactId,
    phone_number: "+12025550111",
    call_direction: "inbound",
    caller_name: null,
    from_number: null,
  });
  expect(row?.contact).toMatchObject({
    phone: "+12025550111",
    name: "Ada Lovelace",
    source: "inbound-call-auto",
    lead_score: 81,
    lead_status: "hot",
  });
});

test("an identical repeat writes nothing at all", async () => {
  const event = callFrom("+12025550112", {
    details: { status: "ended", transcript: "hello", endedAt: new Date("2026-03-01T10:00:00Z"), durationSeconds: 3 },
  });
  const first = await recordCall(database.sql, event);
  const version = () =>
    database.sql`select c.xmin::text, c.ctid::text, k.xmin::text as kxmin, k.ctid::text as kctid, k.xmax::text as kxmax, c.xmax::text
                 from public.calls as c join public.contacts as k on k.id = c.contact_id where c.id = ${first.callId}`;
  const before = await version();
  const again = await recordCall(database.sql, event);
  expect(again).toEqual({ ...first, contactCreated: false });
  expect([...(await version())]).toEqual([...before]);
});

import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { recordCall } from "../../src/webhook/record-call.ts";
import type { TestDatabase } from "../support/database.ts";
import { firstOrg, makeHealthy, secondOrg } from "../verify/healthy-case.ts";
import { report, statusUpdate } from "./messages.ts";
import { fingerprint, webhookOf } from "./webhook-case.ts";

let database: TestDatabase;
let theirs: { calls: string[]; contacts: string[]; phones: string[] };

beforeAll(async () => {
  database = await makeHealthy();
  const { sql } = database;
  for (const number of ["+14155550180", "+14155550181", "anonymous"]) {
    const event = { orgId: secondOrg, country: "US", direction: "inbound", number, name: null } as const;
    await recordCall(sql, { ...event, vapiCallId: randomUUID(), leadScore: null, leadStatus: null });
  }
  const [row] = await sql<{ calls: string[]; contacts: string[]; phones: string[] }[]>`
    select (select array_agg(vapi_call_id) from public.calls where org_id = ${secondOrg}) as calls,
           (select array_agg(id::text) from public.contacts where org_id = ${secondOrg}) as contacts,
           (select array_agg(phone) from public.contacts where org_id = ${secondOrg}) as phones`;
  theirs = row ?? { calls: [], contacts: [], phones: [] };
});
afterAll(() => database?.drop());

test("no payload that names another organisation's calls, contacts or numbers changes a row of it", async () => {
  const before = await fingerprint(database, secondOrg);
  const webhook = webhookOf(database.sql);
  const contact = fc.constantFrom(...theirs.contacts, randomUUID(), "' or true --", secondOrg);
  const payload = fc.record({
    id: fc.oneof(fc.constantFrom(...theirs.calls), fc.uuid()),
    type: fc.constantFrom("inboundPhoneCall", "outboundPhoneCall", "webCall", null),
    number: fc.constantFrom(...theirs.phones, "+14155550199", "anonymous", null),
    name: fc.constantFrom("Mallory", secondOrg, null),
    ended: fc.boolean(),
    call: fc.record({
      customer: fc.record({ contactId: contact, number: fc.constantFrom(...theirs.phones) }),
      orgId: fc.constant(secondOrg),
      org_id: fc.constant(secondOrg),
      metadata: fc.record({ contactId: contact, org_id: fc.constant(secondOrg) }),
      assistantOverrides: fc.record({ metadata: fc.record({ contactId: contact, org_id: fc.constant(secondOrg) }) }),
    }),
  });
  let [refused, recorded] = [0, 0];
  const property = fc.asyncProperty(payload, async ({ ended, ...told }) => {
    const message = ended ? report(told) : statusUpdate("in-progress", told);
    const answer = await webhook.fetch(
      new Request("http://localhost/", { method: "POST", body: JSON.stringify(message) }),
    );
    if (answer.status === 409) refused += 1;
    else {
      expect(answer.status).toBe(200);
      recorded += 1;
    }
  });
  await fc.assert(property, { numRuns: 300, seed: Date.now() % 0x7fffffff });
  expect(refused).toBeGreaterThan(50);
  expect(recorded).toBeGreaterThan(50);
  expect(await fingerprint(database, secondOrg)).toBe(before);
  const [crossed] = await database.sql<{ n: number }[]>`
    select count(*)::integer as n from public.calls as c join public.contacts as k on k.id = c.contact_id
    where k.org_id <> c.org_id`;
  expect(crossed?.n).toBe(0);
  const [ours] = await database.sql<{ n: number }[]>`
    select count(*)::integer as n from public.calls where org_id = ${firstOrg} and vapi_call_id in ${database.sql(theirs.calls)}`;
  expect(ours?.n).toBe(0);
});

import { randomUUID } from "node:crypto";
import postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createVapiWebhook, organizationByVapiId } from "../../src/webhook/public.ts";
import { type Pooler, startPooler } from "../connections/pgbouncer.ts";
import type { TestDatabase } from "../support/database.ts";
import { firstOrg, makeHealthy } from "../verify/healthy-case.ts";
import { sdkMessages } from "./sdk-messages.ts";

let database: TestDatabase;
let pooler: Pooler;
beforeAll(async () => {
  database = await makeHealthy();
  const { phoneNumberId = "" } = sdkMessages["status-update"].call ?? {};
  await database.sql`update public.organizations set vapi_phone_number_id = ${phoneNumberId} where id = ${firstOrg}`;
  pooler = await startPooler(database.url, "transaction", 3);
});
afterAll(async () => {
  await pooler?.stop();
  await database?.drop();
});

test.each([
  ["migrated", undefined],
  ["without the unique key", "drop index public.idx_contacts_org_phone_unique"],
])("behind PgBouncer in transaction mode concurrent events are recorded, %s", async (_state, change) => {
  if (change !== undefined) await database.sql.unsafe(change);
  // More clients than server processes: hardly two transactions in a row of one client meet the same process.
  const sql = postgres(pooler.url, { max: 8, prepare: false });
  const logger = { info: () => {}, warn: () => {}, error: () => {} };
  const webhook = createVapiWebhook({
    sql,
    resolveOrganization: organizationByVapiId(sql),
    authenticate: "none",
    logger,
  });
  const { "status-update": begun, "end-of-call-report": report } = sdkMessages;
  const number = change === undefined ? "+12025550161" : "+12025550162";
  const ids = Array.from({ length: 25 }, () => randomUUID());
  try {
    const events = ids.flatMap((id) => [begun, report].map((message) => ({ id, message })));
    const answers = await Promise.all(
      events.map(({ id, message }) =>
        webhook.handle({ message: { ...message, call: { ...message.call, id, customer: { number } } } }),
      ),
    );
    expect(answers.filter((answer) => answer.handled && answer.contactCreated)).toHaveLength(1);
  } finally {
    await sql.end();
  }
  const rows = await database.sql`
    select c.status, count(*)::integer as calls, count(distinct k.id)::integer as contacts
    from public.calls as c join public.contacts as k on k.id = c.contact_id
    where k.phone = ${number} group by c.status order by c.status`;
  expect([...rows]).toEqual([{ status: "ended", calls: ids.length, contacts: 1 }]);
});

import { verify } from "../../../src/core/verify.ts";
import type { TestDatabase } from "../../support/database.ts";
import { firstOrg, makeHealthy, secondOrg, verifyOptions } from "../healthy-case.ts";

// Thirty contacts an organisation, each with two inbound calls and an outbound one on the last days.
const busyWeeks = `
  insert into public.contacts (org_id, name, phone, source, lead_score, lead_status, created_at)
  select o.id, 'Person ' || translate(n::text, '0123456789', 'ABCDEFGHIJ'), '+14155570' || lpad(n::text, 3, '0'), 'inbound-call-auto', 50, 'warm', now() - interval '20 days'
  from unnest('{${firstOrg},${secondOrg}}'::uuid[]) as o(id) cross join generate_series(1, 30) as n;
  insert into public.calls (org_id, vapi_call_id, contact_id, call_direction, phone_number, created_at)
  select k.org_id, 'week-' || k.org_id || k.phone || n, k.id, case when n = 3 then 'outbound' else 'inbound' end, k.phone,
         now() - (n * 5) * interval '1 day' - interval '1 hour'
  from public.contacts as k cross join generate_series(1, 3) as n where k.phone like '+14155570%'`;

/** Two tenants with three weeks of calls since the migration, and a good run that was recorded. */
export async function makeBusy(): Promise<TestDatabase> {
  const database = await makeHealthy();
  await database.sql.unsafe(busyWeeks);
  await verify(await verifyOptions(database.url, { record: true }));
  return database;
}

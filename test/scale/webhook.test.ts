import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { loadSeedCase } from "../../fixtures/seed-case.ts";
import { migrate } from "../../src/core/migrate.ts";
import { rollback } from "../../src/core/rollback.ts";
import { readCallsSchema } from "../../src/webhook/calls-schema.ts";
import { type Clones, cloneable } from "../promises/clones.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { partitionCalls } from "../support/partitioned-calls.ts";
import { migrateOptions, rollbackOptions } from "../support/run-options.ts";
import { firstOrg, secondOrg } from "../verify/healthy-case.ts";
import { report } from "../webhook/messages.ts";
import { storm } from "../webhook/storm.ts";
import { fingerprint, webhookOf } from "../webhook/webhook-case.ts";

let unmigrated: Clones;
let database: TestDatabase | undefined;

beforeAll(async () => {
  const seed = await createTestDatabase();
  await partitionCalls(seed.sql);
  await loadSeedCase(seed.sql);
  await seed.sql`insert into public.organizations (id, name) values (${secondOrg}, 'Elsewhere')`;
  unmigrated = await cloneable(seed);
});
afterEach(async () => {
  await database?.drop();
  database = undefined;
});
afterAll(() => unmigrated?.drop());

test("concurrent first calls make one contact, before, between and after migrations and their rollback", async () => {
  database = await unmigrated.clone();
  const { url, sql } = database;
  expect(await readCallsSchema(sql)).toMatchObject({ idsPerOrganisation: true, unique: false });
  await storm(url, "+13035551001", 40);
  await Promise.all([storm(url, "+13035551002", 40), migrate(migrateOptions(url))]);
  expect(await readCallsSchema(sql)).toMatchObject({ idsPerOrganisation: true, unique: true });
  await storm(url, "+13035551003", 40);
  await Promise.all([storm(url, "+13035551004", 40), rollback(rollbackOptions(url))]);
});

test("one call id in two organisations is two calls, and neither event touches the other's rows", async () => {
  database = await unmigrated.clone();
  const { url, sql } = database;
  await migrate(migrateOptions(url));
  const mine = webhookOf(sql);
  const theirs = webhookOf(sql, { resolveOrganization: () => secondOrg });
  const event = { id: "one-id", number: "+13035551010" };
  await mine.handle(report({ ...event, name: "Mine" }));
  const before = await fingerprint(database, firstOrg);
  await theirs.handle(report({ ...event, name: "Theirs" }));
  await theirs.handle(report({ ...event, name: "Theirs" }));
  expect(await fingerprint(database, firstOrg)).toBe(before);
  const rows = await sql`
    select c.org_id, k.name from public.calls as c join public.contacts as k on k.id = c.contact_id and k.org_id = c.org_id
    where c.vapi_call_id = 'one-id' order by c.org_id`;
  expect(rows).toMatchObject([
    { org_id: firstOrg, name: "Mine" },
    { org_id: secondOrg, name: "Theirs" },
  ]);
});

test("where both keys are there, a call id is everybody's, as without partitions", async () => {
  database = await createTestDatabase();
  await database.sql`alter table public.calls add unique (org_id, vapi_call_id)`;
  expect(await readCallsSchema(database.sql)).toMatchObject({ idsPerOrganisation: false });
});

import { afterAll, beforeAll, expect, test } from "vitest";
import { loadSeedCase } from "../../fixtures/seed-case.ts";
import { migrate } from "../../src/core/migrate.ts";
import { SsotError } from "../../src/model/errors.ts";
import { organizationByVapiId } from "../../src/webhook/resolve-organisation.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { lotOf, seed } from "../support/draw.ts";
import { migrateOptions } from "../support/run-options.ts";
import { payloads } from "./payloads/index.ts";
import { type Payload, tenants } from "./payloads/payloads.ts";
import { fingerprint, webhookOf } from "./webhook-case.ts";

const ours = Object.values(tenants).map(({ id }) => id);
const seedsOrg = "a0000000-0000-4000-8000-000000000001";

interface Tables {
  readonly calls: readonly string[];
  readonly contacts: readonly string[];
}

let database: TestDatabase;
let seeds: string;
let inOrder: Tables;
beforeAll(async () => {
  database = await createTestDatabase();
  const { sql, url } = database;
  await sql.unsafe(`
    alter table public.calls add direction text, add ended_reason varchar(120), add cost numeric(10, 4),
      alter recording_url type varchar(255)`);
  await loadSeedCase(sql);
  await migrate(migrateOptions(url));
  for (const [name, { id, country, number, assistant }] of Object.entries(tenants)) {
    await sql`
      insert into public.organizations (id, name, email, telephony_country, vapi_phone_number_id, vapi_assistant_id)
      values (${id}, ${name}, ${`${name}@example.com`}, ${country}, ${number}, ${assistant})`;
  }
  seeds = await fingerprint(database, seedsOrg);
  await run(payloads, 1);
  inOrder = await tables();
});
afterAll(() => database?.drop());

/** A way to send a message; each run has a process that remembers nothing. */
function sender(): (payload: Payload) => Promise<{ readonly outcome: string; readonly refused: readonly string[] }> {
  const { sql } = database;
  const webhook = webhookOf(sql, { resolveOrganization: organizationByVapiId(sql) });
  return async ({ body }) => {
    try {
      const handled = await webhook.handle(JSON.parse(JSON.stringify(body)));
      return handled.handled
        ? { outcome: "recorded", refused: handled.refused }
        : { outcome: "left alone", refused: [] };
    } catch (error) {
      if (!(error instanceof SsotError)) throw error;
      return { outcome: error.code, refused: [] };
    }
  };
}

async function clear(): Promise<void> {
  await database.sql`delete from public.calls where org_id = any (${ours})`;
  await database.sql`delete from public.contacts where org_id = any (${ours})`;
}

/** A call as the database has it. */
async function stored(callId: string | null): Promise<unknown> {
  const [row] = await database.sql`
    select to_jsonb(c) - array['id', 'contact_id', 'updated_at'] as row,
           case when k.org_id = c.org_id and k.source = 'inbound-call-auto' then jsonb_build_object(
             'phone', k.phone, 'name', k.name, 'lead_score', k.lead_score, 'lead_status', k.lead_status) end as contact
    from public.calls as c left join public.contacts as k on k.id = c.contact_id where c.vapi_call_id = ${callId}`;
  return { ...(row ?? { row: null, contact: null }) };
}

/** All that our organisations have, without ids and times of arrival. */
async function tables(): Promise<Tables> {
  const [row] = await database.sql<{ calls: string[]; contacts: string[] }[]>`
    select array(select (to_jsonb(c) - array['id', 'contact_id', 'updated_at'] || jsonb_build_object('of', k.org_id || k.phone))::text
                 from public.calls as c left join public.contacts as k on k.id = c.contact_id
                 where c.org_id = any (${ours}) order by 1) as calls,
           array(select (to_jsonb(k) - array['id', 'created_at', 'updated_at'])::text
                 from public.contacts as k where k.org_id = any (${ours}) order by 1) as contacts`;
  return { calls: row?.calls ?? [], contacts: row?.contacts ?? [] };
}

/** Sends them, so many at a time, and says which of them had another outcome than the first time. */
async function run(order: readonly Payload[], atOnce: number): Promise<readonly string[]> {
  await clear();
  const send = sender();
  const odd: string[] = [];
  const sendOne = async (payload: Payload): Promise<void> => {
    const { outcome } = await send(payload);
    if (outcome !== payload.outcome) odd.push(`${payload.about}: ${outcome}`);
  };
  // Whoever comes first has an id of a call: what claims another's comes last.
  const [calls, claims] = [order.filter((one) => !isClaim(one)), order.filter(isClaim)];
  for (let n = 0; n < calls.length; n += atOnce) await Promise.all(calls.slice(n, n + atOnce).map(sendOne));
  for (const claim of claims) await sendOne(claim);
  return odd;
}

const isClaim = ({ outcome }: Payload): boolean => outcome === "CALL_OF_ANOTHER_ORGANISATION";

test("each message, in turn, makes the row and the contact that it has to make", async () => {
  expect(payloads.length).toBeGreaterThanOrEqual(120);
  await clear();
  const send = sender();
  for (const payload of payloads) {
    const { about, callId, outcome, refused, row, contact } = payload;
    const came = await send(payload);
    expect({ about, ...came, ...Object(await stored(callId)) }).toEqual({ about, outcome, refused, row, contact });
  }
  // Nothing else is there.
  expect(await tables()).toEqual(inOrder);
  const last = new Map(payloads.map(({ callId, row, contact }) => [callId, { row, contact }]));
  const made = [...last.values()].filter(({ row }) => row !== null);
  expect(inOrder.calls).toHaveLength(made.length);
  const people = made.flatMap(({ row, contact }) => (contact === null ? [] : [`${row?.org_id} ${contact.phone}`]));
  expect(inOrder.contacts).toHaveLength(new Set(people).size);
  expect(await fingerprint(database, seedsOrg)).toBe(seeds);
});

const linesOf = ({ calls, contacts }: Tables): readonly string[] => [...calls, ...contacts];

function shuffled(name: string, times: number): readonly Payload[] {
  const lots = Array.from({ length: times }, (_, time) =>
    payloads.map((payload, n) => ({ payload, lot: lotOf(`${name} ${time} ${n}`) })),
  );
  return lots
    .flat()
    .sort((a, b) => a.lot - b.lot)
    .map(({ payload }) => payload);
}

test.each([
  ["each three times in a row", 1, () => payloads.flatMap((payload) => [payload, payload, payload])],
  ["the whole set three times", 1, () => [...payloads, ...payloads, ...payloads]],
  ["backwards", 1, () => payloads.toReversed()],
  ["shuffled once", 1, () => shuffled("once", 1)],
  ["shuffled again", 1, () => shuffled("again", 1)],
  ["shuffled and tripled", 1, () => shuffled("tripled", 3)],
  ["shuffled and tripled, eight at a time", 8, () => shuffled("at once", 3)],
])("%s, the set gives the same tables", async (_, atOnce, order) => {
  const odd = await run(order(), atOnce);
  const [was, is] = [linesOf(inOrder), linesOf(await tables())];
  const [missing, more] = [was.filter((line) => !is.includes(line)), is.filter((line) => !was.includes(line))];
  expect({ seed, odd, missing, more, rows: is.length }).toEqual({
    seed,
    odd: [],
    missing: [],
    more: [],
    rows: was.length,
  });
});

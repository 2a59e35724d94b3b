import { randomUUID } from "node:crypto";
import fc from "fast-check";
import postgres, { type Row } from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { CallEvent } from "../../src/webhook/call-event.ts";
import { callStatement } from "../../src/webhook/call-statement.ts";
import { callValues } from "../../src/webhook/call-values.ts";
import { type CallsSchema, readCallsSchema } from "../../src/webhook/calls-schema.ts";
import { newCallStatement } from "../../src/webhook/new-call-statement.ts";
import { storedCallStatement } from "../../src/webhook/stored-call-statement.ts";
import type { TestDatabase } from "../support/database.ts";
import { firstOrg, makeHealthy, secondOrg } from "../verify/healthy-case.ts";
import { report, statusUpdate } from "./messages.ts";
import { fingerprint, storedCall, webhookOf } from "./webhook-case.ts";

let database: TestDatabase;
let schema: CallsSchema;
beforeAll(async () => {
  database = await makeHealthy();
  await database.sql`alter table public.calls add taken_events text[]`;
  schema = await readCallsSchema(database.sql);
});
afterAll(() => database?.drop());

let last = 0;
function newNumber(): string {
  last += 1;
  return `+1202557${String(1000 + last).slice(-4)}`;
}

function callOf(
  orgId: string,
  changes: Omit<Partial<CallEvent>, "providerCallId"> = {},
): CallEvent & { readonly providerCallId: string } {
  return { orgId, country: "US", providerCallId: randomUUID(), direction: "inbound", number: null, ...changes };
}

async function send(text: string, event: CallEvent): Promise<Row | undefined> {
  const [row] = await database.sql.unsafe(text, [...callValues(schema, event)], { prepare: true });
  return row;
}

/** What was answered, without the ids. */
const said = (row: Row | undefined): object | undefined =>
  row && { ...row, call_id: "", contact_id: row.contact_id === null ? null : "an id" };

async function rowsOf(providerCallId: string): Promise<unknown> {
  const { call, contact } = (await storedCall(database, providerCallId)) ?? {};
  return { call: { ...call, vapi_call_id: "", org_id: "" }, contact: contact && { ...contact, org_id: "" } };
}

const text = (...values: readonly string[]): fc.Arbitrary<string | null> => fc.constantFrom(null, "", ...values);
const moment = fc.constantFrom(null, new Date("2026-03-01T10:00:00Z"), new Date("2026-03-01T10:02:00Z"));
const anyEvent = fc.record({
  direction: fc.constantFrom("inbound" as const, "outbound" as const),
  isWithheld: fc.boolean(),
  name: text("Ada Lovelace"),
  scored: fc.boolean(),
  fingerprint: fc.constantFrom(null, "one", "two"),
  details: fc.record({
    isTest: fc.boolean(),
    status: fc.constantFrom(null, "ringing", "ended"),
    createdAt: moment,
    startedAt: moment,
    endedAt: moment,
    durationSeconds: fc.constantFrom(null, 0, 120),
    calledNumber: text("+12025550100"),
    recordingUrl: text("https://storage.example/a.wav", "https://storage.example/b.wav"),
    transcript: text("User: I", "User: I want to book."),
    sentiment: fc.constantFrom(null, "positive" as const, "negative" as const),
  }),
});

test("the short statements write and say what the long one does", async () => {
  let stored = 0;
  const property = fc.asyncProperty(fc.array(anyEvent, { minLength: 2, maxLength: 3 }), async (story) => {
    const number = newNumber();
    const [long, short] = [callOf(firstOrg), callOf(secondOrg)];
    for (const [n, { isWithheld, scored, ...told }] of story.entries()) {
      const score = scored ? ({ leadScore: 60, leadStatus: "warm" } as const) : {};
      const event = { ...told, ...score, number: isWithheld ? "anonymous" : number };
      const expected = await send(callStatement(schema), { ...long, ...event });
      const first = n === 0 ? newCallStatement(schema) : storedCallStatement(schema);
      const found = await send(first, { ...short, ...event });
      if (n > 0 && found !== undefined) stored += 1;
      // Where its case is not the event's it has written nothing: the long one then finds the same.
      const answer = found ?? (await send(callStatement(schema), { ...short, ...event }));
      expect(said(answer)).toMatchObject(
        n === 0 ? { created: true, wrote: true, changed: null } : (said(expected) ?? {}),
      );
      expect(await rowsOf(short.providerCallId)).toEqual(await rowsOf(long.providerCallId));
    }
  });
  await fc.assert(property, { numRuns: 120, seed: Date.now() % 0x7fffffff });
  expect(stored).toBeGreaterThan(50);
});

test("the statement of new calls writes nothing where the id is there, ours or not", async () => {
  const stored = callOf(firstOrg, { number: newNumber() });
  await send(callStatement(schema), stored);
  for (const orgId of [firstOrg, secondOrg]) {
    const before = [await fingerprint(database, firstOrg), await fingerprint(database, secondOrg)];
    expect(await send(newCallStatement(schema), { ...stored, orgId, number: newNumber() })).toBeUndefined();
    expect([await fingerprint(database, firstOrg), await fingerprint(database, secondOrg)]).toEqual(before);
  }
});

test("the statement of stored calls writes nothing where the call is not there, not ours, or lacks its contact", async () => {
  const stored = callOf(firstOrg, { number: newNumber(), details: { transcript: "User: I" } });
  const alone = callOf(firstOrg, { number: null });
  for (const event of [stored, alone]) await send(callStatement(schema), event);
  const more = { details: { transcript: "User: I want to book." } };
  const before = [await fingerprint(database, firstOrg), await fingerprint(database, secondOrg)];
  for (const event of [
    callOf(firstOrg, { number: newNumber(), ...more }),
    { ...stored, orgId: secondOrg },
    { ...stored, ...more, orgId: secondOrg },
    { ...alone, ...more, number: newNumber() },
    { ...stored, ...more, name: "Ada Lovelace" },
  ]) {
    expect(await send(storedCallStatement(schema), event)).toBeUndefined();
  }
  expect([await fingerprint(database, firstOrg), await fingerprint(database, secondOrg)]).toEqual(before);
  expect(await send(storedCallStatement(schema), { ...stored, ...more })).toMatchObject({
    wrote: true,
    created: false,
  });
});

test("a test call that comes again is a repeat", async () => {
  const call = callOf(firstOrg, { details: { isTest: true, status: "ended" } });
  for (const statement of [callStatement(schema), storedCallStatement(schema)]) {
    await send(callStatement(schema), call);
    expect(await send(statement, call)).toMatchObject({ wrote: false, changed: "" });
  }
});

test("a process that expects new calls takes one that another process stored, and the other way round", async () => {
  const [one, other] = [webhookOf(database.sql), webhookOf(database.sql)];
  const ids = Array.from({ length: 12 }, () => randomUUID());
  for (const id of ids) await other.handle(report({ id, number: newNumber() }));
  for (let n = 0; n < 12; n += 1) await one.handle(report({ number: newNumber() }));
  const richer = "AI: Hello.\nUser: I'd like to book an appointment, please.";
  for (const id of ids) {
    const told = await one.handle(report({ id, message: { artifact: { transcript: richer } } }));
    expect(told).toMatchObject({ created: false, repeat: false, changed: ["transcript"], contactCreated: false });
    expect(await storedCall(database, id)).toMatchObject({ call: { transcript: richer } });
  }
  // Now it expects stored ones.
  const [id, number] = [randomUUID(), newNumber()];
  expect(await one.handle(report({ id, number }))).toMatchObject({ created: true, contactCreated: true, changed: [] });
  expect(await storedCall(database, id)).toMatchObject({ contact: { phone: number } });
});

test("another organisation's id is refused by a process that expects new calls, and no contact is left of it", async () => {
  const [id, number] = [randomUUID(), newNumber()];
  await webhookOf(database.sql, { resolveOrganization: () => secondOrg }).handle(report({ id }));
  const webhook = webhookOf(database.sql);
  for (let n = 0; n < 12; n += 1) await webhook.handle(report({ number: newNumber() }));
  await expect(webhook.handle(report({ id, number }))).rejects.toMatchObject({ code: "CALL_OF_ANOTHER_ORGANISATION" });
  expect(await database.sql`select from public.contacts where phone = ${number}`).toHaveLength(0);
});

test("two processes that both expect a new call make one of it, and one of them says so", async () => {
  const pools = [0, 1].map(() => postgres(database.url, { max: 4, onnotice: () => {} }));
  const webhooks = pools.map((pool) => webhookOf(pool));
  for (const webhook of webhooks) for (let n = 0; n < 12; n += 1) await webhook.handle(report({ number: newNumber() }));
  for (let n = 0; n < 20; n += 1) {
    const [id, number] = [randomUUID(), newNumber()];
    const told = await Promise.all(webhooks.map((webhook) => webhook.handle(report({ id, number }))));
    expect(told.filter((one) => one.handled && one.created)).toHaveLength(1);
    expect(await database.sql`select from public.contacts where phone = ${number}`).toHaveLength(1);
    expect(await storedCall(database, id)).toMatchObject({ contact: { phone: number } });
  }
  await Promise.all(pools.map((pool) => pool.end()));
});

test("events with and without times are one prepared statement of a connection", async () => {
  const sql = postgres(database.url, { max: 1, onnotice: () => {} });
  const webhook = webhookOf(sql);
  for (let n = 0; n < 3; n += 1) {
    await webhook.handle(statusUpdate("queued", { number: newNumber() }));
    await webhook.handle(report({ number: newNumber(), message: { startedAt: null } }));
    await webhook.handle(report({ number: newNumber() }));
  }
  const rows =
    await sql`select from pg_prepared_statements where statement like 'with found as%insert into public.calls as c%'`;
  expect(rows).toHaveLength(1);
  await sql.end();
});

test("where a trigger changes rows before they are inserted, each event is an insert", async () => {
  const [id, number] = [randomUUID(), newNumber()];
  await database.sql.unsafe(`
    create function shout() returns trigger language plpgsql as $$ begin new.outcome_summary := upper(new.outcome_summary); return new; end $$;
    create trigger shout before insert on public.calls for each row execute function shout()`);
  const webhook = webhookOf(database.sql);
  await webhook.handle(report({ id, number }));
  await webhook.handle(report({ id, number, message: { analysis: { summary: "A longer summary of the call." } } }));
  expect(await storedCall(database, id)).toMatchObject({ call: { outcome_summary: "A LONGER SUMMARY OF THE CALL." } });
  await database.sql.unsafe("drop trigger shout on public.calls; drop function shout()");
});

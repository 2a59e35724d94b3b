import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { CallEvent } from "../../src/webhook/call-event.ts";
import { recordCall } from "../../src/webhook/record-call.ts";
import type { TestDatabase } from "../support/database.ts";
import { firstOrg, makeHealthy, secondOrg } from "../verify/healthy-case.ts";
import { fingerprint, storedCall } from "./webhook-case.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await makeHealthy();
});
afterAll(() => database?.drop());

type OurEvent = CallEvent & { readonly vapiCallId: string };

function callFrom(number: string | null, changes: Partial<OurEvent> = {}): OurEvent {
  return {
    orgId: firstOrg,
    country: "US",
    vapiCallId: randomUUID(),
    direction: "inbound",
    number,
    name: null,
    leadScore: null,
    leadStatus: null,
    ...changes,
  };
}

async function contactsOf(phone: string): Promise<number> {
  const [row] = await database.sql<{ n: number }[]>`
    select count(*)::integer as n from public.contacts where phone = ${phone}`;
  return row?.n ?? -1;
}

test("a first call makes a contact with name, source and score, and is linked to it", async () => {
  const event = callFrom("(202) 555-0111", { name: "Ada Lovelace", leadScore: 81, leadStatus: "hot" });
  expect(await recordCall(database.sql, event)).toMatchObject({ contactCreated: true, refused: [] });
  expect(await storedCall(database, event.vapiCallId)).toMatchObject({
    call: { phone_number: "+12025550111", call_direction: "inbound", caller_name: null, from_number: null },
    contact: {
      org_id: firstOrg,
      phone: "+12025550111",
      name: "Ada Lovelace",
      source: "inbound-call-auto",
      lead_score: 81,
      lead_status: "hot",
    },
  });
});

test("an identical repeat writes nothing at all", async () => {
  const event = callFrom("+12025550112", {
    details: { status: "ended", transcript: "hello", endedAt: new Date("2026-03-01T10:00:00Z"), durationSeconds: 3 },
  });
  const first = await recordCall(database.sql, event);
  const before = await fingerprint(database, firstOrg);
  expect(first).toMatchObject({ created: true, repeat: false });
  const again = { contactCreated: false, created: false, repeat: true, changed: [] };
  expect(await recordCall(database.sql, event)).toEqual({ ...first, ...again });
  expect(await fingerprint(database, firstOrg)).toBe(before);
});

test("a known caller is linked, and the contact is not written", async () => {
  await recordCall(database.sql, callFrom("+12025550113", { name: "Grace Hopper", leadScore: 10, leadStatus: "cold" }));
  const before =
    await database.sql`select k.xmin, k.xmax, k.* from public.contacts as k where k.phone = '+12025550113'`;
  const event = callFrom("202-555-0113", { name: "Somebody Else", leadScore: 90, leadStatus: "hot" });
  const recorded = await recordCall(database.sql, event);
  expect(recorded).toMatchObject({ contactId: before[0]?.id, contactCreated: false });
  // A key share lock of the new call's reference is the one thing that may be there.
  const after = await database.sql`select k.xmin, k.* from public.contacts as k where k.phone = '+12025550113'`;
  const [{ xmax: _, ...row } = {}] = before;
  expect(after[0]).toEqual(row);
});

test("a contact called by its number gets the caller's name, a scoreless one the score, once", async () => {
  await recordCall(database.sql, callFrom("+12025550114"));
  await recordCall(database.sql, callFrom("+12025550114", { name: "Mary Shelley", leadScore: 55, leadStatus: "warm" }));
  const last = callFrom("+12025550114", { name: "Not Mary", leadScore: 5, leadStatus: "cold" });
  await recordCall(database.sql, last);
  expect(await storedCall(database, last.vapiCallId)).toMatchObject({
    contact: { name: "Mary Shelley", lead_score: 55, lead_status: "warm" },
  });
});

test("the score of a contact that no call made stays empty", async () => {
  await database.sql`insert into public.contacts (org_id, name, phone) values (${firstOrg}, 'By Hand', '+12025550115')`;
  const event = callFrom("+12025550115", { leadScore: 55, leadStatus: "warm" });
  await recordCall(database.sql, event);
  expect(await storedCall(database, event.vapiCallId)).toMatchObject({
    contact: { name: "By Hand", lead_score: null },
  });
});

test("an outbound call of an unknown number makes no contact, of a known one is linked", async () => {
  const unknown = callFrom("+12025550116", { direction: "outbound" });
  expect(await recordCall(database.sql, unknown)).toMatchObject({ contactId: null, contactCreated: false });
  expect(await contactsOf("+12025550116")).toBe(0);
  const made = await recordCall(database.sql, callFrom("+12025550117"));
  const known = await recordCall(database.sql, callFrom("+12025550117", { direction: "outbound" }));
  expect(known.contactId).toBe(made.contactId);
});

test("a contact that the sender names counts if it is of the same organisation, and only then", async () => {
  const ours = await recordCall(database.sql, callFrom("+12025550118"));
  const [theirs] = await database.sql<
    { id: string }[]
  >`select id from public.contacts where org_id = ${secondOrg} limit 1`;
  const before = await fingerprint(database, secondOrg);
  const linked = await recordCall(
    database.sql,
    callFrom("+12025550119", { direction: "outbound", contactId: ours.contactId }),
  );
  const refused = await recordCall(
    database.sql,
    callFrom("+12025550119", { direction: "outbound", contactId: theirs?.id ?? "" }),
  );
  expect([linked.contactId, refused.contactId]).toEqual([ours.contactId, null]);
  expect(await fingerprint(database, secondOrg)).toBe(before);
});

test("a call's id of another organisation is refused, and nothing is written, no contact either", async () => {
  const theirs = callFrom("+12025550120", { orgId: secondOrg });
  await recordCall(database.sql, theirs);
  const before = await Promise.all([fingerprint(database, firstOrg), fingerprint(database, secondOrg)]);
  const ours = callFrom("+12025550121", { vapiCallId: theirs.vapiCallId });
  await expect(recordCall(database.sql, ours)).rejects.toMatchObject({ code: "CALL_OF_ANOTHER_ORGANISATION" });
  expect(await Promise.all([fingerprint(database, firstOrg), fingerprint(database, secondOrg)])).toEqual(before);
  expect(await contactsOf("+12025550121")).toBe(0);
});

test("where another organisation takes the call's id at the same moment, the contact goes back as well", async () => {
  const [theirs, ours] = [callFrom("+12025550122", { orgId: secondOrg }), callFrom("+12025550123")];
  const racing = { ...ours, vapiCallId: theirs.vapiCallId };
  let refused: Promise<unknown> | undefined;
  await database.sql.begin(async (transaction) => {
    await transaction`
      insert into public.calls (org_id, vapi_call_id, call_direction)
      values (${secondOrg}, ${theirs.vapiCallId}, 'inbound')`;
    refused = recordCall(database.sql, racing).then(
      () => undefined,
      (error: unknown) => error,
    );
    // Until it waits for the id, its own look-ups are over: they saw a free one.
    while (!(await transaction`select from pg_locks where not granted and locktype = 'transactionid'`).length);
  });
  expect(await refused).toMatchObject({ code: "CALL_OF_ANOTHER_ORGANISATION" });
  expect(await contactsOf("+12025550123")).toBe(0);
});

test("withheld and unreadable numbers are kept as sent, without a contact", async () => {
  const sent = ["anonymous", "+266696687", "sip:caller@example.com", "4711", "not a number", null];
  for (const number of sent) {
    const event = callFrom(number, { name: "Nobody Known" });
    expect(await recordCall(database.sql, event)).toMatchObject({ contactId: null });
    expect(await storedCall(database, event.vapiCallId)).toMatchObject({ call: { phone_number: number } });
  }
});

test("a number that is sent after a withheld one takes its place, and not the other way round", async () => {
  const event = callFrom("+266696687");
  await recordCall(database.sql, event);
  await recordCall(database.sql, { ...event, number: "+12025550131" });
  await recordCall(database.sql, event);
  expect(await storedCall(database, event.vapiCallId)).toMatchObject({
    call: { phone_number: "+12025550131" },
    contact: { phone: "+12025550131" },
  });
});

test("nobody is linked to a contact whose number is withheld", async () => {
  await database.sql`insert into public.contacts (org_id, name, phone) values (${firstOrg}, 'John Smith', '+7378742833')`;
  const event = callFrom("+7378742833");
  expect(await recordCall(database.sql, event)).toMatchObject({ contactId: null, contactCreated: false });
});

test("a rule of calls that refuses a detail costs that detail, not the others", async () => {
  await database.sql`alter table public.calls add constraint short check (length(transcript) < 10) not valid`;
  const event = callFrom("+12025550124", {
    name: "Long Talker",
    details: { status: "ended", transcript: "much too long for that rule" },
  });
  expect(await recordCall(database.sql, event)).toMatchObject({ contactCreated: true, refused: ["transcript"] });
  expect(await storedCall(database, event.vapiCallId)).toMatchObject({
    call: { phone_number: "+12025550124", transcript: null, status: "ended" },
    contact: { name: "Long Talker" },
  });
  await database.sql`alter table public.calls drop constraint short`;
});

test("a rule of contacts that refuses a name costs the name, not the details", async () => {
  await database.sql`alter table public.contacts add constraint polite check (name not like 'Rude%')`;
  const event = callFrom("+12025550125", { name: "Rude Person", details: { transcript: "well" } });
  expect(await recordCall(database.sql, event)).toMatchObject({ contactCreated: true, refused: ["contacts.name"] });
  expect(await storedCall(database, event.vapiCallId)).toMatchObject({
    call: { transcript: "well" },
    contact: { name: "+12025550125" },
  });
  await database.sql`alter table public.contacts drop constraint polite`;
});

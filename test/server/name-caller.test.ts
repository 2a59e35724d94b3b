import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { firstOrg, firstToken, type Served, secondContact, secondOrg, secondToken, serve } from "./served.ts";

let served: Served;
beforeAll(async () => {
  served = await serve();
});
afterAll(() => served?.stop());
afterEach(async () => {
  const { sql } = served.database;
  await sql`delete from public.calls where vapi_call_id ^@ 'naming-'`;
  await sql`delete from public.contacts where phone ^@ '+1415555017'`;
});

const number = "+14155550171";

/** A call that no contact knows; its id. */
async function addCall(key: string, { orgId = firstOrg, phone = number as string | null } = {}): Promise<string> {
  const [row] = await served.database.sql<{ id: string }[]>`
    insert into public.calls (org_id, vapi_call_id, call_direction, phone_number)
    values (${orgId}, ${`naming-${key}`}, 'inbound', ${phone}) returning id`;
  return row?.id ?? "";
}

async function send(path: string, { body, ...headers }: { readonly body?: unknown; readonly [name: string]: unknown }) {
  const response = await fetch(served.origin + path, {
    ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
    headers: {
      authorization: `Bearer ${firstToken}`,
      "content-type": "application/json",
      ...z.record(z.string(), z.string()).parse(headers),
    },
  });
  return { status: response.status, body: z.record(z.string(), z.unknown()).parse(await response.json()) };
}

const named = () => served.database.sql`
  select c.vapi_call_id as call, c.org_id = ${firstOrg} as ours, k.name, k.phone, k.org_id = c.org_id as together
  from public.calls as c left join public.contacts as k on k.id = c.contact_id
  where c.vapi_call_id ^@ 'naming-' order by c.vapi_call_id`;

async function state(): Promise<string> {
  const { sql } = served.database;
  const contacts = await sql`select id, org_id, name, phone from public.contacts order by id`;
  return JSON.stringify([contacts, await sql`select id, contact_id from public.calls order by id`]);
}

test("a nameless caller's name makes a contact of all of its calls, in any spelling, and of no other's", async () => {
  const callId = await addCall("1");
  await addCall("2");
  await addCall("3", { phone: "+14155550172" });
  await addCall("4", { orgId: secondOrg });
  const answered = await send("/demo/name-caller", { body: { callId, name: "  Olga Petrenko " } });
  expect(answered).toEqual({ status: 200, body: { name: "Olga Petrenko", calls: 2 } });
  const olga = { ours: true, name: "Olga Petrenko", phone: number, together: true };
  expect([...(await named())]).toEqual([
    { call: "naming-1", ...olga },
    { call: "naming-2", ...olga },
    { call: "naming-3", ours: true, name: null, phone: null, together: null },
    { call: "naming-4", ours: false, name: null, phone: null, together: null },
  ]);
});

test("a number as it is dialled in the organisation's country makes the contact of its number in E.164", async () => {
  const callId = await addCall("1", { phone: "(415) 555-0171" });
  await addCall("2");
  expect(await send("/demo/name-caller", { body: { callId, name: "Olga Petrenko" } })).toMatchObject({
    body: { calls: 2 },
  });
  expect(new Set((await named()).map(({ phone }) => phone))).toEqual(new Set([number]));
});

test("a name that the number has already stays, and one that was its number goes", async () => {
  const { sql } = served.database;
  const callId = await addCall("1");
  await sql`insert into public.contacts (org_id, name, phone) values (${firstOrg}, ${number}, ${number})`;
  const naming = (name: string) => send("/demo/name-caller", { body: { callId, name } });
  expect(await naming("Olga Petrenko")).toMatchObject({ body: { name: "Olga Petrenko", calls: 1 } });
  expect(await naming("Somebody Later")).toMatchObject({ body: { name: "Olga Petrenko", calls: 1 } });
  const rows = await sql`select name from public.contacts where phone = ${number}`;
  expect([...rows]).toEqual([{ name: "Olga Petrenko" }]);
});

test("two who name one caller at once make one contact", async () => {
  const callId = await addCall("1");
  const answers = await Promise.all(
    ["Olga", "Oleg", "Orla", "Omar"].map((name) => send("/demo/name-caller", { body: { callId, name } })),
  );
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  expect(new Set(answers.map(({ body }) => body.name)).size).toBe(1);
  const rows = await served.database.sql`select name from public.contacts where phone = ${number}`;
  expect([...rows]).toEqual([{ name: answers[0]?.body.name }]);
});

test("nothing is written for another organisation, another page, a withheld number, a bad name or a bad request", async () => {
  const [callId, theirs, none, keypad] = [
    await addCall("1"),
    await addCall("2", { orgId: secondOrg }),
    await addCall("3", { phone: null }),
    await addCall("4", { phone: "+266696687" }),
  ];
  const before = await state();
  const name = "Olga Petrenko";
  const refused: readonly (readonly [number, string, Parameters<typeof send>[1]])[] = [
    [404, "UNKNOWN_CALL", { body: { callId: theirs, name } }],
    [404, "UNKNOWN_CALL", { body: { callId, name }, authorization: `Bearer ${secondToken}` }],
    [401, "UNAUTHENTICATED", { body: { callId, name }, authorization: "Bearer guessed" }],
    [403, "CROSS_SITE", { body: { callId, name }, origin: "https://evil.example" }],
    [403, "CROSS_SITE", { body: { callId, name }, "sec-fetch-site": "same-site" }],
    [400, "PAYLOAD_INVALID", { body: { callId, name }, "content-type": "text/plain" }],
    [400, "PAYLOAD_INVALID", { body: { callId: "1", name } }],
    [400, "PAYLOAD_INVALID", { body: { callId, name: "n".repeat(201) } }],
    [400, "PAYLOAD_INVALID", { body: { callId, name: "O\u0000lga" } }],
    [413, "BODY_TOO_LARGE", { body: { callId, name, more: "m".repeat(20_000) } }],
    [422, "NUMBER_UNREADABLE", { body: { callId: none, name } }],
    [422, "NUMBER_UNREADABLE", { body: { callId: keypad, name } }],
    [422, "NAME_REFUSED", { body: { callId, name: "Unknown Caller" } }],
    [422, "NAME_REFUSED", { body: { callId, name: "" } }],
  ];
  for (const [status, code, request] of refused) {
    expect([code, await send("/demo/name-caller", request)]).toMatchObject([
      code,
      { status, body: { error: { code } } },
    ]);
  }
  expect(await state()).toBe(before);
});

test("the figures are those of the sender's organisation: before as frozen, now as shown", async () => {
  await addCall("1", { phone: null });
  await addCall("2", { phone: "anonymous" });
  await addCall("3");
  const ours = await send("/demo/figures", {});
  expect(ours).toEqual({ status: 200, body: { before: { calls: 11, unknown: 5 }, now: { calls: 14, unknown: 2 } } });
  const theirs = await send("/demo/figures", { authorization: `Bearer ${secondToken}` });
  expect(theirs).toMatchObject({ body: { now: { calls: 1, unknown: 0 } } });
  const response = await fetch(`${served.origin}/api/calls-dashboard?limit=200&direction=inbound`, {
    headers: { authorization: `Bearer ${firstToken}` },
  });
  const { calls } = z.object({ calls: z.array(z.object({ caller_name: z.string() })) }).parse(await response.json());
  expect(calls.filter(({ caller_name }) => caller_name === "Unknown")).toHaveLength(2);
  expect((await send("/demo/figures", { authorization: "Bearer guessed" })).status).toBe(401);
  expect((await served.database.sql`select id from public.contacts where id = ${secondContact}`).count).toBe(1);
});

import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, expectTypeOf, test } from "vitest";
import type { AnyVapiEvent, DeadLetter, HookResult, VapiMessages } from "../../src/webhook/public.ts";
import type { VapiWebhookOptions } from "../../src/webhook/vapi-options.ts";
import type { TestDatabase } from "../support/database.ts";
import { firstOrg, makeHealthy } from "../verify/healthy-case.ts";
import { report, statusUpdate } from "./messages.ts";
import { type MessageType, sdkMessages } from "./sdk-messages.ts";
import { keepLog, post, storedCall, webhookOf } from "./webhook-case.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await makeHealthy();
  await database.sql`create table public.booked_calls (call_id uuid primary key references public.calls (id), contact_id uuid, said text)`;
});
afterAll(() => database?.drop());

let last = 0;
const nextNumber = (): string => {
  last += 1;
  return `+1415559${1000 + last}`;
};

const appointments = (id: string) => database.sql`
  select a.said from public.booked_calls as a join public.calls as c on c.id = a.call_id where c.vapi_call_id = ${id}`;

// What a host does with a report that books: it writes with the call's transaction where there is one.
const book: NonNullable<VapiWebhookOptions["on"]> = {
  "end-of-call-report": async ({ message, organisation }, result, transaction) => {
    if (!result.handled || organisation === null) return;
    expectTypeOf(message).toEqualTypeOf<VapiMessages["end-of-call-report"]>();
    await (transaction ?? database.sql)`
      insert into public.booked_calls (call_id, contact_id, said) values (${result.callId}, ${result.contactId}, ${message.analysis?.summary ?? ""})
      on conflict (call_id) do nothing`;
  },
};

test("a hook has everything: the message read and raw, organisation, call, contact, and what is new", async () => {
  const heard: [AnyVapiEvent, HookResult, boolean][] = [];
  const [id, number] = [randomUUID(), nextNumber()];
  const keep = (event: AnyVapiEvent, result: HookResult, transaction?: unknown): void => {
    heard.push([event, result, transaction !== undefined]);
  };
  const webhook = webhookOf(database.sql, {
    hooks: "awaited",
    on: { "status-update": keep, "end-of-call-report": keep },
  });
  const [early, late] = [
    statusUpdate("in-progress", { id, number }),
    report({ id, number, message: { durationSeconds: "7", startedAt: null } }),
  ];
  for (const message of [early, late, late]) await webhook.fetch(post(message));
  const [row] = await database.sql`select id, contact_id from public.calls where vapi_call_id = ${id}`;
  const ids = { handled: true, callId: row?.id, contactId: row?.contact_id, refused: [] };
  const organisation = { id: firstOrg, country: "US" };
  expect(heard).toMatchObject([
    [
      {
        type: "status-update",
        providerCallId: id,
        organisation,
        raw: early.message,
        message: { status: "in-progress" },
      },
      { ...ids, created: true, repeat: false, contactCreated: true, changed: [] },
      false,
    ],
    [
      {
        type: "end-of-call-report",
        providerCallId: id,
        organisation,
        raw: late.message,
        message: { durationSeconds: 7 },
      },
      {
        ...ids,
        created: false,
        repeat: false,
        contactCreated: false,
        changed: expect.arrayContaining(["duration_seconds", "status", "transcript"]),
      },
      false,
    ],
    [
      { type: "end-of-call-report" },
      { ...ids, created: false, repeat: true, contactCreated: false, changed: [] },
      false,
    ],
  ]);
});

test("the types of messages are those of the SDK that want no answer, each with its own fields", () => {
  type Wanting =
    | "assistant-request"
    | "tool-calls"
    | "transfer-destination-request"
    | "handoff-destination-request"
    | "knowledge-base-request"
    | "call.endpointing.request"
    | "campaign.predial"
    | "voice-request";
  expectTypeOf<keyof VapiMessages>().toEqualTypeOf<Exclude<MessageType, Wanting>>();
  type Narrowed = Extract<AnyVapiEvent, { readonly type: "transcript" }>["message"];
  expectTypeOf<Narrowed["transcript"]>().toEqualTypeOf<string | null | undefined>();
  type Theirs = { [T in keyof VapiMessages]: (typeof sdkMessages)[T] };
  expectTypeOf<Theirs["call.deleted"]>().toExtend<VapiMessages["call.deleted"]>();
  expectTypeOf<Theirs["speech-update"]>().toExtend<VapiMessages["speech-update"]>();
});

test("a deleted call is handed to the host, with the row that is stored, and the row is left alone", async () => {
  const heard: unknown[] = [];
  const [id, number] = [randomUUID(), nextNumber()];
  const webhook = webhookOf(database.sql, {
    hooks: "awaited",
    on: { "call.deleted": (event, result) => void heard.push([event.type, event.organisation?.id, result]) },
  });
  await webhook.handle(report({ id, number }));
  const before = await storedCall(database, id);
  const message = { ...sdkMessages["call.deleted"], call: { ...sdkMessages["call.deleted"].call, id } };
  expect(await (await webhook.fetch(post({ message }))).json()).toEqual({});
  const [row] = await database.sql`select id, contact_id from public.calls where vapi_call_id = ${id}`;
  expect(heard).toEqual([
    ["call.deleted", firstOrg, { handled: false, type: "call.deleted", callId: row?.id, contactId: row?.contact_id }],
  ]);
  expect(await storedCall(database, id)).toEqual(before);
});

test("every message of the SDK that wants no answer reaches its hook and onEvent", async () => {
  const heard: string[] = [];
  const on = Object.fromEntries(
    Object.keys(sdkMessages).map((type) => [type, (event: AnyVapiEvent) => void heard.push(`on ${event.type}`)]),
  );
  const wanting = [
    "assistant-request",
    "tool-calls",
    "transfer-destination-request",
    "handoff-destination-request",
    "knowledge-base-request",
    "call.endpointing.request",
    "campaign.predial",
    "voice-request",
  ];
  for (const type of wanting) delete on[type];
  const webhook = webhookOf(database.sql, { hooks: "awaited", on, onEvent: (event) => void heard.push(event.type) });
  const told = Object.values(sdkMessages).filter(({ type }) => !wanting.includes(type));
  for (const message of told) expect((await webhook.fetch(post({ message }))).status).toBe(200);
  expect(heard).toEqual(told.flatMap(({ type }) => [`on ${type}`, type]));
});

describe("in the transaction", () => {
  test("the host's work is written with the call, once, however often and in whatever order the events come", async () => {
    const [id, number] = [randomUUID(), nextNumber()];
    const webhook = webhookOf(database.sql, { hooks: "transaction", on: book });
    const events = [
      report({ id, number }),
      statusUpdate("in-progress", { id, number }),
      report({ id, number }),
      statusUpdate("ended", { id, number }),
    ];
    for (const event of [...events, ...events.toReversed()])
      expect((await webhook.fetch(post(event))).status).toBe(200);
    expect(await appointments(id)).toEqual([{ said: "Caller booked Tuesday." }]);
    expect(await storedCall(database, id)).toMatchObject({
      call: { status: "ended" },
      contact: { phone: number, lead_score: 85 },
    });
  });

  test("a hook that fails takes back call and contact; the sender comes again, and then both are there", async () => {
    const [id, number, logger] = [randomUUID(), nextNumber(), keepLog()];
    const letters: DeadLetter[] = [];
    let fails = true;
    const webhook = webhookOf(database.sql, {
      logger,
      hooks: "transaction",
      deadLetter: (letter) => void letters.push(letter),
      on: {
        "end-of-call-report": async (event, result, transaction) => {
          await book["end-of-call-report"]?.(event, result, transaction);
          if (fails) throw new TypeError("of a person");
        },
      },
    });
    const answer = await webhook.fetch(post(report({ id, number })));
    expect([answer.status, await answer.json()]).toMatchObject([500, { error: { code: "HOOK_FAILED" } }]);
    expect(logger.lines).toEqual([
      expect.stringMatching(/^error A hook failed .*"code":"HOOK_FAILED".*"error":"TypeError"/),
    ]);
    expect(logger.lines.join()).not.toContain("person");
    expect(await storedCall(database, id)).toBeUndefined();
    expect(await database.sql`select from public.contacts where phone = ${number}`).toHaveLength(0);
    fails = false;
    expect(await webhook.replay(letters[0]?.body ?? "")).toMatchObject({ created: true, contactCreated: true });
    expect(await appointments(id)).toHaveLength(1);
  });

  test("what the tables refuse is left out there as well, and the hook's work stays", async () => {
    await database.sql`alter table public.calls add constraint none check (recording_url is null) not valid`;
    const [id, number] = [randomUUID(), nextNumber()];
    const webhook = webhookOf(database.sql, { hooks: "transaction", on: book });
    expect(await webhook.handle(report({ id, number }))).toMatchObject({
      refused: ["recording_url"],
      contactCreated: true,
    });
    await database.sql`alter table public.calls drop constraint none`;
    expect(await appointments(id)).toHaveLength(1);
    expect(await storedCall(database, id)).toMatchObject({ call: { recording_url: null, status: "ended" } });
  });

  test("a deadlock of the hook's own is resolved by doing all of it again", async () => {
    const [id, number] = [randomUUID(), nextNumber()];
    let runs = 0;
    const webhook = webhookOf(database.sql, {
      hooks: "transaction",
      on: {
        "end-of-call-report": async (event, result, transaction) => {
          runs += 1;
          if (runs === 1 && transaction)
            await transaction`do $$ begin raise exception 'once' using errcode = '40P01'; end $$`;
          await book["end-of-call-report"]?.(event, result, transaction);
        },
      },
    });
    expect(await webhook.handle(report({ id, number }))).toMatchObject({ created: true });
    expect([runs, (await appointments(id)).length]).toEqual([2, 1]);
  });

  test("many calls of one new number at once make one contact and an appointment each", async () => {
    const [ids, number] = [Array.from({ length: 24 }, () => randomUUID()), nextNumber()];
    const webhook = webhookOf(database.sql, { hooks: "transaction", on: book });
    await Promise.all(ids.map((id) => webhook.handle(report({ id, number }))));
    const [row] = await database.sql`
      select count(*)::integer as booked, count(distinct a.contact_id)::integer as contacts from public.booked_calls as a
      join public.calls as c on c.id = a.call_id where c.vapi_call_id in ${database.sql(ids)}`;
    expect(row).toEqual({ booked: 24, contacts: 1 });
  });
});

describe("awaited", () => {
  test("a hook that fails leaves the call, and the sender is asked to come again", async () => {
    const [id, number] = [randomUUID(), nextNumber()];
    let runs = 0;
    const webhook = webhookOf(database.sql, {
      hooks: "awaited",
      on: {
        "end-of-call-report": async (event, result) => {
          runs += 1;
          if (runs === 1) throw new Error("not yet");
          expect(result).toMatchObject({ repeat: true });
          await book["end-of-call-report"]?.(event, result);
        },
      },
    });
    expect((await webhook.fetch(post(report({ id, number })))).status).toBe(500);
    expect(await storedCall(database, id)).toMatchObject({ call: { status: "ended" } });
    expect((await webhook.fetch(post(report({ id, number })))).status).toBe(200);
    expect(await appointments(id)).toHaveLength(1);
  });
});

describe("after", () => {
  test("work goes on beside the answer, is handed to waitUntil, and a failure is logged by its class", async () => {
    const [id, number, logger] = [randomUUID(), nextNumber(), keepLog()];
    const waiting: Promise<void>[] = [];
    let release = (): void => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const webhook = webhookOf(database.sql, {
      logger,
      waitUntil: (work) => void waiting.push(work),
      on: {
        "end-of-call-report": async (event, result) => {
          await gate;
          await book["end-of-call-report"]?.(event, result);
          throw new RangeError("of a person");
        },
      },
      onEvent: () => Promise.reject(new TypeError("of a person")),
    });
    expect((await webhook.fetch(post(report({ id, number })))).status).toBe(200);
    expect([waiting.length, (await appointments(id)).length]).toEqual([1, 0]);
    release();
    await Promise.all(waiting);
    expect(await appointments(id)).toHaveLength(1);
    expect(logger.lines.filter((line) => line.startsWith("error"))).toEqual([
      expect.stringMatching(/^error A hook failed; the event itself is recorded .*RangeError/),
      expect.stringMatching(/^error onEvent failed; the event itself is recorded .*TypeError/),
    ]);
    expect(logger.lines.join()).not.toContain("person");
  });

  test("a request's own waitUntil counts before the webhook's", async () => {
    const own: Promise<void>[] = [];
    const webhook = webhookOf(database.sql, { waitUntil: () => expect.unreachable(), onEvent: () => {} });
    await webhook.fetch(post(report({ number: nextNumber() })), { waitUntil: (work) => void own.push(work) });
    expect(own).toHaveLength(1);
  });
});

import { createHmac, randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type CallWebhookOptions,
  createCallWebhook,
  createVapiWebhook,
  type DeadLetter,
  type Rejection,
  retell,
  twilio,
  vapiSecret,
} from "../../src/webhook/public.ts";
import { retellEvents, type SampleEvent, twilioEvents, vapiEvents } from "../../src/webhook/testing.ts";
import type { TestDatabase } from "../support/database.ts";
import { firstOrg } from "../verify/healthy-case.ts";
import { databaseAt, stages } from "./stages.ts";
import { keepLog, storedCall } from "./webhook-case.ts";

const secret = "an invented secret";
const startedAt = new Date("2026-09-10T10:00:05Z");
const providers = {
  vapi: (sql: TestDatabase["sql"]) =>
    createVapiWebhook({
      sql,
      resolveOrganization: () => firstOrg,
      authenticate: vapiSecret(secret),
      logger: keepLog(),
    }),
  retell: (sql: TestDatabase["sql"]) => callWebhook(sql, retell({ apiKey: secret })),
  twilio: (sql: TestDatabase["sql"]) => callWebhook(sql, twilio({ authToken: secret })),
};
const samples = { vapi: vapiEvents, retell: retellEvents, twilio: twilioEvents };
const rows = {
  vapi: { ended_reason: "customer-ended-call", sentiment: "positive", outcome_summary: "The caller books." },
  retell: { ended_reason: "user_hangup", sentiment: "positive", outcome_summary: "The caller books.", cost: 0.12 },
  twilio: { recording_url: "https://api.twilio.example/RE0", to_number: "+12025550100" },
};
const names = ["vapi", "retell", "twilio"] as const;

type Adapter = Pick<CallWebhookOptions, "verify" | "parse">;

function callWebhook(sql: TestDatabase["sql"], adapter: Adapter, changes: Partial<CallWebhookOptions> = {}) {
  return createCallWebhook({ sql, resolveOrganization: () => firstOrg, logger: keepLog(), ...adapter, ...changes });
}

describe.each(stages)("%s", (stage) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await databaseAt(stage);
    await database.sql.unsafe("alter table public.calls add ended_reason text, add cost numeric(10, 4)");
  });
  afterAll(() => database?.drop());

  test.each(names)("signed events of %s give one row, in order, reversed, tripled", async (name) => {
    const from = `+1202555${3000 + names.indexOf(name)}`;
    const orders: ((all: readonly SampleEvent[]) => readonly SampleEvent[])[] = [
      (all) => all,
      (all) => all.toReversed(),
      (all) => [...all.slice(1), ...all.slice(0, 1)],
    ];
    const found: unknown[] = [];
    for (const order of orders) {
      const callId = randomUUID();
      const events = order(samples[name]({ secret, callId, from, startedAt }));
      for (let time = 0; time < 3; time += 1) {
        // Another process: what was answered before is not remembered.
        const webhook = providers[name](database.sql);
        for (const event of events) expect((await webhook.fetch(event.request())).status).toBe(200);
      }
      const { call, contact } = (await storedCall(database, callId)) ?? {};
      found.push({ call: { ...call, vapi_call_id: "", call_sid: "" }, contact });
    }
    const times = {
      start_time: "2026-09-10T10:00:05+00:00",
      end_time: "2026-09-10T10:01:35+00:00",
      duration_seconds: 90,
    };
    expect(found[0]).toMatchObject({
      call: { status: "ended", phone_number: from, call_direction: "inbound", ...times, ...rows[name] },
      contact: { phone: from },
    });
    expect(found.slice(1)).toEqual([found[0], found[0]]);
  });
});

describe("at the door", () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await databaseAt("after it");
  });
  afterAll(() => database?.drop());

  const first = (events: readonly SampleEvent[]): SampleEvent => {
    const [event] = events;
    if (event === undefined) throw new Error("no event");
    return event;
  };
  const statusOf = async (
    webhook: ReturnType<typeof callWebhook>,
    event: SampleEvent,
    changes: Partial<SampleEvent>,
  ) => {
    const { url, headers, body } = { ...event, ...changes };
    return (await webhook.fetch(new Request(url, { method: "POST", headers, body }))).status;
  };

  test.each(["retell", "twilio"] as const)(
    "%s: an altered body, another secret, no signature are refused",
    async (name) => {
      const webhook = providers[name](database.sql);
      const event = first(samples[name]({ secret }));
      const other = first(samples[name]({ secret: "another" }));
      expect(await statusOf(webhook, event, { body: event.body.replace("555", "556") })).toBe(401);
      expect(await statusOf(webhook, other, {})).toBe(401);
      expect(await statusOf(webhook, event, { headers: { "content-type": "application/json" } })).toBe(401);
      expect(await statusOf(webhook, event, {})).toBe(200);
    },
  );

  test.each(["retell", "twilio"] as const)("%s: an empty secret lets nobody in", async (name) => {
    const adapter = name === "retell" ? retell({ apiKey: "" }) : twilio({ authToken: "" });
    const event = first(samples[name]({ secret: "x" }));
    const [header, value] = name === "retell" ? retellHeader(event.body, "") : twilioHeader(event, "");
    expect(await statusOf(callWebhook(database.sql, adapter), event, { headers: { [header]: value } })).toBe(401);
  });

  test("retell: a stale signature and one that was answered are refused", async () => {
    const webhook = providers.retell(database.sql);
    const event = first(retellEvents({ secret }));
    const [header, stale] = retellHeader(event.body, secret, Date.now() - 301_000);
    expect(await statusOf(webhook, event, { headers: { [header]: stale } })).toBe(401);
    const [, ahead] = retellHeader(event.body, secret, Date.now() + 301_000);
    expect(await statusOf(webhook, event, { headers: { [header]: ahead } })).toBe(401);
    expect(await statusOf(webhook, event, {})).toBe(200);
    expect(await statusOf(webhook, event, {})).toBe(401);
  });

  test("twilio: behind a proxy the address is the one that Twilio called", async () => {
    const event = first(twilioEvents({ secret, url: "https://calls.example.com/webhook?tenant=7" }));
    const inside = { url: "http://10.0.0.7:8080/webhook?tenant=7" };
    expect(await statusOf(callWebhook(database.sql, twilio({ authToken: secret })), event, inside)).toBe(401);
    for (const url of ["https://calls.example.com", "https://calls.example.com:443", () => event.url]) {
      expect(await statusOf(callWebhook(database.sql, twilio({ authToken: secret, url })), event, inside)).toBe(200);
    }
  });

  test("twilio: the request for instructions goes to the host, with its answer; without one it is 501", async () => {
    const event = first(twilioEvents({ secret }));
    const form = new URLSearchParams(event.body);
    for (const name of ["Timestamp", "CallbackSource", "SequenceNumber"]) form.delete(name);
    const voice = { ...event, body: form.toString() };
    const [header, value] = twilioHeader(voice, secret);
    const headers = { [header]: value };
    expect(await statusOf(providers.twilio(database.sql), voice, { headers })).toBe(501);
    const otherwise = () => new Response("<Response/>", { status: 201 });
    const webhook = callWebhook(database.sql, twilio({ authToken: secret }), { otherwise });
    expect(await statusOf(webhook, voice, { headers })).toBe(201);
  });

  test("what cannot be kept is rejected, laid down, and comes back by replay", async () => {
    const rejections: Rejection[] = [];
    const letters: DeadLetter[] = [];
    let org: string | null = null;
    const logger = keepLog();
    const webhook = callWebhook(database.sql, twilio({ authToken: secret }), {
      resolveOrganization: ({ ownNumber }) => (ownNumber === "+12025550100" ? org : null),
      onRejected: (rejection) => void rejections.push(rejection),
      deadLetter: (letter) => void letters.push(letter),
      logger,
    });
    const callId = randomUUID();
    const event = first(twilioEvents({ secret, callId }));
    expect((await webhook.fetch(event.request())).status).toBe(404);
    expect(rejections).toMatchObject([{ code: "UNKNOWN_ORGANISATION", type: "ringing", providerCallId: callId }]);
    expect(logger.lines.join("\n")).toContain(`"providerCallId":"${callId}"`);
    expect(logger.lines.join("\n")).not.toContain("+1202555");
    org = firstOrg;
    expect(await webhook.replay(letters[0]?.body ?? "")).toMatchObject({ handled: true, created: true });
    expect(await storedCall(database, callId)).toMatchObject({ call: { status: "ringing" } });
  });

  test("hooks run in the transaction of the call, under the provider's own names of events", async () => {
    const seen: unknown[] = [];
    const webhook = callWebhook(database.sql, retell({ apiKey: secret }), {
      hooks: "transaction",
      on: {
        call_ended: async ({ message, organisation }, result, transaction) => {
          const [row] =
            (await transaction?.unsafe("select status from public.calls where id = $1", [result.callId])) ?? [];
          seen.push([message.assistantId, organisation?.id, row?.status]);
        },
        call_analyzed: () => Promise.reject(new Error("the host's own")),
      },
    });
    const callId = randomUUID();
    const [, ended, analyzed] = retellEvents({ secret, callId });
    expect((await webhook.fetch((ended ?? first([])).request())).status).toBe(200);
    expect(seen).toEqual([["agent_oBeDLoLOeuAbiuaMFXRtDOLriTJ5tSxD", firstOrg, "ended"]]);
    expect((await webhook.fetch((analyzed ?? first([])).request())).status).toBe(500);
    expect(await storedCall(database, callId)).toMatchObject({ call: { outcome_summary: null } });
  });

  test("a provider of the host's own: what parse throws is 400, what it leaves out is 200", async () => {
    const parse: CallWebhookOptions["parse"] = (body) => {
      const { id, state } = JSON.parse(new TextDecoder().decode(body));
      return state === "noise"
        ? null
        : { type: state, call: { providerCallId: id, details: { status: state } }, payload: id };
    };
    const webhook = callWebhook(database.sql, { verify: "none", parse });
    const send = async (body: string) =>
      (await webhook.fetch(new Request("http://x.example/", { method: "POST", body }))).status;
    const id = randomUUID();
    expect([await send("{"), await send('{"state":"noise"}')]).toEqual([400, 200]);
    expect(await send(JSON.stringify({ id, state: "bridged" }))).toBe(200);
    expect(await storedCall(database, id)).toMatchObject({ call: { status: "forwarding" } });
    expect(await send(JSON.stringify({ state: "bridged" }))).toBe(200);
  });

  test("options that are missing, unknown or of another kind are refused", () => {
    const create = (options: object) => () => Reflect.apply(createCallWebhook, undefined, [options]);
    const needed = { sql: database.sql, verify: "none", parse: () => null, resolveOrganization: () => null };
    const wrong: readonly [object, string][] = [
      [{ sql: database.sql }, "createCallWebhook needs verify, parse, resolveOrganization"],
      [
        { ...needed, authenticate: "none", contactIdKey: null },
        "createCallWebhook does not know authenticate, contactIdKey",
      ],
      [{ ...needed, verify: "somebody" }, 'verify is a function, or "none"'],
      [{ ...needed, hooks: "inside" }, "hooks is after, awaited or transaction"],
      [{ ...needed, on: { call_ended: 1 } }, "on: call_ended needs a function"],
      [{ ...needed, parse: "json" }, "createCallWebhook needs a function as parse"],
    ];
    for (const [options, message] of wrong) {
      expect(create(options)).toThrow(expect.objectContaining({ code: "CONFIGURATION", message }));
    }
    expect(create(needed)).not.toThrow();
  });
});

// By their documents, and not by the library's own code.
function retellHeader(body: string, key: string, at = Date.now()): readonly [string, string] {
  const digest = createHmac("sha256", key).update(`${body}${at}`).digest("hex");
  return ["x-retell-signature", `v=${at},d=${digest}`];
}

function twilioHeader({ url, body }: Pick<SampleEvent, "url" | "body">, key: string): readonly [string, string] {
  const fields = [...new URLSearchParams(body)].sort(([one], [other]) => (one < other ? -1 : 1));
  const signed = `${url}${fields.map(([name, value]) => `${name}${value}`).join("")}`;
  return ["x-twilio-signature", createHmac("sha1", key).update(signed).digest("base64")];
}

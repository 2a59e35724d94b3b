import { randomUUID } from "node:crypto";
import { context, metrics, type Span, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace-base";
import { afterAll, beforeAll, beforeEach, describe, expect, expectTypeOf, test } from "vitest";
import { createCallWebhook, recordCall, retell, type TelemetryApi } from "../../src/webhook/public.ts";
import { retellEvents } from "../../src/webhook/testing.ts";
import type { VapiWebhookOptions } from "../../src/webhook/vapi-options.ts";
import type { TestDatabase } from "../support/database.ts";
import { firstOrg, makeHealthy, secondOrg } from "../verify/healthy-case.ts";
import { report, statusUpdate } from "./messages.ts";
import { makeRig, type TelemetryRig } from "./telemetry-rig.ts";
import { keepLog, post, webhookOf } from "./webhook-case.ts";

let database: TestDatabase;
let rig: TelemetryRig;
beforeAll(async () => {
  database = await makeHealthy();
});
afterAll(() => database?.drop());
beforeEach(() => {
  rig = makeRig();
  return () => rig.stop();
});

const told = (changes: Partial<VapiWebhookOptions> = {}) =>
  webhookOf(database.sql, { telemetry: { api: rig.api }, ...changes });

const factsOf = ({ name, kind, attributes, status }: ReadableSpan) => ({ name, kind, attributes, status });
const writes = "INSERT public.contacts INSERT public.calls";
const statement = {
  name: writes,
  kind: SpanKind.CLIENT,
  attributes: { "db.system.name": "postgresql", "db.query.summary": writes },
  status: { code: SpanStatusCode.UNSET },
};

test("the API as it is fits", () => {
  expectTypeOf<typeof import("@opentelemetry/api")>().toExtend<TelemetryApi>();
});

test("an event is a span below the host's, its statement one below that, and neither says whose call it was or what was said", async () => {
  const webhook = told();
  const [id, number] = [randomUUID(), "+12025550701"];
  const body = report({ id, number, name: "Ada Bergmann" });
  const host = rig.provider.getTracer("host").startSpan("POST /vapi");
  await context.with(trace.setSpan(context.active(), host), () => webhook.fetch(post(body)));
  const [event, sent, ...rest] = rig.take();
  expect(rest).toEqual([]);
  expect(event && factsOf(event)).toEqual({
    name: "vapi end-of-call-report",
    kind: SpanKind.CONSUMER,
    attributes: {
      "ssot.provider": "vapi",
      "ssot.event.type": "end-of-call-report",
      "ssot.event.outcome": "created",
      "ssot.contact.created": true,
    },
    status: { code: SpanStatusCode.UNSET },
  });
  expect(sent && factsOf(sent)).toEqual(statement);
  expect(event?.parentSpanContext?.spanId).toBe(host.spanContext().spanId);
  expect(sent?.parentSpanContext?.spanId).toBe(event?.spanContext().spanId);
  const everything = JSON.stringify([event && factsOf(event), event?.events, sent?.events, await rig.sums()]);
  for (const word of [id, firstOrg, "2025550701", "Ada", "appointment", "booked", "storage.example"]) {
    expect(everything).not.toContain(word);
  }
});

test("ids are told where they are asked for, on spans alone", async () => {
  const webhook = told({ telemetry: { api: rig.api, ids: true, provider: "ours" } });
  const id = randomUUID();
  await webhook.handle(report({ id, number: "+12025550702" }));
  const [row] = await database.sql`select id from public.calls where vapi_call_id = ${id}`;
  const [event] = rig.take();
  expect(event?.name).toBe("ours end-of-call-report");
  expect(event?.attributes).toMatchObject({ "ssot.organisation.id": firstOrg, "ssot.call.id": row?.id });
  expect(JSON.stringify(await rig.sums())).not.toMatch(new RegExp(`${firstOrg}|${row?.id}`));
});

test("each outcome is counted by type, with its duration", async () => {
  const webhook = told({ otherwise: () => Response.json({}) });
  const [id, number] = [randomUUID(), "+12025550703"];
  const events = [statusUpdate("in-progress", { id, number }), report({ id, number }), report({ id, number })];
  for (const event of events) await webhook.fetch(post(event));
  await webhook.fetch(post({ message: { type: "speech-update", status: "started" } }));
  await webhook.fetch(post({ message: { type: "tool-calls", toolCallList: [] } }));
  const sums = await rig.sums();
  for (const [type, outcome] of [
    ["status-update", "created"],
    ["end-of-call-report", "changed"],
    ["end-of-call-report", "repeat"],
    ["speech-update", "not_recorded"],
    ["tool-calls", "answered"],
  ]) {
    const labels = `ssot.event.outcome=${outcome} ssot.event.type=${type} ssot.provider=vapi`;
    expect(sums).toMatchObject({
      [`ssot.webhook.events ${labels}`]: 1,
      [`ssot.webhook.event.duration ${labels}`]: 1,
    });
  }
  // A repeat that this process knows is looked up only.
  expect(rig.take().map(({ name }) => name)).toContain("SELECT public.calls");
});

test("what was rejected is counted by its code; only what is not the sender's fault is an error, named by its class", async () => {
  let org: string | null = firstOrg;
  const webhook = told({
    resolveOrganization: () => org,
    authenticate: (request) => request.headers.get("x-secret") === "right",
    hooks: "transaction",
    on: { "end-of-call-report": () => Promise.reject(new RangeError("Ada called +12025550704")) },
    deadLetter: ({ reason }) => (reason === "HOOK_FAILED" ? Promise.reject(new Error("full")) : undefined),
  });
  const right = { "x-secret": "right" };
  await webhook.fetch(post(report(), {}));
  org = null;
  await webhook.fetch(post(report(), right));
  org = firstOrg;
  await webhook.fetch(post("{", right));
  await webhook.fetch(post(report({ number: "+12025550704" }), right));
  const [stranger, nobodys, broken, failed] = rig.take().filter(({ kind }) => kind === SpanKind.CONSUMER);
  for (const [span, code] of [
    [stranger, "UNAUTHENTICATED"],
    [nobodys, "UNKNOWN_ORGANISATION"],
    [broken, "PAYLOAD_INVALID"],
  ] as const) {
    expect(span?.attributes).toMatchObject({ "ssot.event.outcome": "rejected", "ssot.rejection.code": code });
    expect(span?.attributes).not.toHaveProperty("error.type");
    expect(span?.status).toEqual({ code: SpanStatusCode.UNSET });
  }
  expect(failed?.attributes).toMatchObject({ "ssot.rejection.code": "HOOK_FAILED", "error.type": "HOOK_FAILED" });
  expect(failed?.status).toEqual({ code: SpanStatusCode.ERROR });
  expect(failed?.events).toEqual([]);
  expect(JSON.stringify([failed && factsOf(failed), await rig.sums()])).not.toMatch(/Ada|2025550704/);
  expect(await rig.sums()).toMatchObject({
    "ssot.webhook.rejected ssot.provider=vapi ssot.rejection.code=UNAUTHENTICATED": 1,
    "ssot.webhook.rejected ssot.provider=vapi ssot.rejection.code=HOOK_FAILED": 1,
    "ssot.webhook.dead_letters ssot.dead_letter.taken=true ssot.provider=vapi ssot.rejection.code=PAYLOAD_INVALID": 1,
    "ssot.webhook.dead_letters ssot.dead_letter.taken=true ssot.provider=vapi ssot.rejection.code=UNKNOWN_ORGANISATION": 1,
    "ssot.webhook.dead_letters ssot.dead_letter.taken=false ssot.provider=vapi ssot.rejection.code=HOOK_FAILED": 1,
  });
});

test("a statement that a table refuses is an error of that span alone; the retry and the detail are counted", async () => {
  const id = randomUUID();
  await database.sql`alter table public.calls add constraint brief check (length(outcome_summary) < 10) not valid`;
  const handled = await told().handle(report({ id, number: "+12025550705" }));
  await database.sql`alter table public.calls drop constraint brief`;
  expect(handled).toMatchObject({ refused: ["outcome_summary"] });
  const [event, ...sent] = rig.take();
  expect(event?.status).toEqual({ code: SpanStatusCode.UNSET });
  expect(event?.attributes).toMatchObject({ "ssot.event.outcome": "created", "ssot.refused": ["outcome_summary"] });
  expect(sent.map(factsOf)).toEqual([
    {
      ...statement,
      attributes: { ...statement.attributes, "error.type": "23514", "db.response.status_code": "23514" },
      status: { code: SpanStatusCode.ERROR },
    },
    statement,
  ]);
  expect(await rig.sums()).toMatchObject({
    "ssot.webhook.refused_details ssot.provider=vapi ssot.refused.detail=outcome_summary": 1,
    "ssot.webhook.retries db.response.status_code=23514 ssot.provider=vapi ssot.retry.reason=refused": 1,
  });
});

describe.each(["after", "awaited", "transaction"] as const)("hooks: %s", (hooks) => {
  test("each hook of many events at one time runs inside its own event's span", async () => {
    const inside = new Map<string | null, Span | undefined>();
    const webhook = told({
      hooks,
      on: { "end-of-call-report": ({ providerCallId }) => void inside.set(providerCallId, trace.getActiveSpan()) },
    });
    const hosts = Array.from({ length: 24 }, (_, n) => {
      const host = rig.provider.getTracer("host").startSpan(`request ${n}`);
      return { id: randomUUID(), number: `+1202555${1000 + n}`, host };
    });
    await Promise.all(
      hosts.map(({ id, number, host }) =>
        context.with(trace.setSpan(context.active(), host), () => webhook.fetch(post(report({ id, number })))),
      ),
    );
    await expect.poll(() => inside.size).toBe(hosts.length);
    const events = rig.take().filter(({ kind }) => kind === SpanKind.CONSUMER);
    for (const { id, host } of hosts) {
      const event = events.find(({ parentSpanContext }) => parentSpanContext?.spanId === host.spanContext().spanId);
      expect(inside.get(id)?.spanContext().spanId).toBe(event?.spanContext().spanId);
    }
  });
});

test("other providers are named, and recordCall is a span inside the host's work", async () => {
  const webhook = createCallWebhook({
    sql: database.sql,
    ...retell({ apiKey: "key" }),
    resolveOrganization: () => firstOrg,
    logger: keepLog(),
    telemetry: { api: rig.api },
  });
  for (const event of retellEvents({ secret: "key" })) await webhook.fetch(event.request());
  const telemetry = { api: rig.api, ids: true };
  const call = { orgId: firstOrg, providerCallId: randomUUID(), number: "+12025550706" };
  await recordCall(database.sql, call, { telemetry });
  const other = { ...call, orgId: secondOrg };
  await expect(recordCall(database.sql, other, { telemetry })).rejects.toMatchObject({
    code: "CALL_OF_ANOTHER_ORGANISATION",
  });
  await recordCall(database.sql, { ...call, providerCallId: randomUUID() }, { telemetry: false });
  const spans = rig.take().filter(({ kind }) => kind !== SpanKind.CLIENT);
  expect(spans.map(({ name, kind }) => [name, kind])).toEqual([
    ["retell call_started", SpanKind.CONSUMER],
    ["retell call_ended", SpanKind.CONSUMER],
    ["retell call_analyzed", SpanKind.CONSUMER],
    ["recordCall", SpanKind.INTERNAL],
    ["recordCall", SpanKind.INTERNAL],
  ]);
  expect(spans.at(-2)?.attributes).toMatchObject({ "ssot.event.outcome": "created", "ssot.organisation.id": firstOrg });
  expect(spans.at(-1)?.attributes).toMatchObject({ "ssot.rejection.code": "CALL_OF_ANOTHER_ORGANISATION" });
});

test("a type that a sender made up is no series of its own", async () => {
  const webhook = told();
  const types = ["+12025550707", "Ada Bergmann", 'transcript[transcriptType="final"]'];
  for (const type of types) await webhook.handle({ message: { type } });
  for (let n = 0; n < 100; n += 1) await webhook.handle({ message: { type: `made-up-${n}` } });
  const names = rig.take().map(({ name }) => name);
  expect(names.slice(0, 3)).toEqual(["vapi _OTHER", "vapi _OTHER", "vapi transcript"]);
  expect(new Set(names).size).toBe(65);
});

test("an API that nobody has set up costs no span and no instrument", async () => {
  const started: string[] = [];
  const counted: string[] = [];
  // The module itself, as it is where another package has brought it along: it is asked, and gives stand-ins.
  const watchedApi: TelemetryApi = {
    trace: {
      getTracerProvider: () => trace.getTracerProvider(),
      getTracer: (name) => {
        started.push(name);
        return trace.getTracer(name);
      },
    },
    metrics: {
      getMeterProvider: () => {
        counted.push("asked");
        return metrics.getMeterProvider();
      },
    },
  };
  const id = randomUUID();
  await told({ telemetry: { api: watchedApi } }).handle(report({ id, number: "+12025550708" }));
  expect(started).toEqual([]);
  expect(counted.length).toBeGreaterThan(0);
  expect(await database.sql`select 1 from public.calls where vapi_call_id = ${id}`).toHaveLength(1);
});

test("meters that the host sets up later are told, and telemetry: false is nothing", async () => {
  const meters = rig.api.metrics.getMeterProvider();
  let current: typeof meters = metrics.getMeterProvider();
  const webhook = told({
    telemetry: { api: { trace: rig.api.trace, metrics: { getMeterProvider: () => current } } },
  });
  await webhook.handle({ message: { type: "hang" } });
  current = meters;
  await webhook.handle({ message: { type: "hang" } });
  const key = "ssot.webhook.events ssot.event.outcome=not_recorded ssot.event.type=hang ssot.provider=vapi";
  expect(await rig.sums()).toMatchObject({ [key]: 1 });
  rig.take();
  await told({ telemetry: false }).handle({ message: { type: "hang" } });
  expect(rig.take()).toEqual([]);
});

test.each([
  ["true", true],
  ["another module", { api: {} }],
  ["an unknown option", { apis: {} }],
  ["ids as text", { ids: "yes" }],
])("telemetry as %s is refused when the webhook is made", (_, telemetry) => {
  const options = { ...{ sql: database.sql, resolveOrganization: () => firstOrg, authenticate: "none" }, telemetry };
  expect(() => Reflect.apply(webhookOf, undefined, [database.sql, options])).toThrow(/telemetry/);
});

import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CallInput, callStates, providerStates, recordCall } from "../../src/webhook/public.ts";
import type { TestDatabase } from "../support/database.ts";
import { firstOrg } from "../verify/healthy-case.ts";
import { common, stories } from "./provider-stories.ts";
import { databaseAt, stages } from "./stages.ts";
import { storedCall } from "./webhook-case.ts";

describe.each(stages)("%s", (stage) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await databaseAt(stage);
    await database.sql.unsafe("alter table public.calls add ended_reason text, add cost numeric(10, 4)");
  });
  afterAll(() => database?.drop());

  async function rowOf(events: readonly Omit<CallInput, "orgId" | "providerCallId">[]) {
    const providerCallId = randomUUID();
    for (const event of events) await recordCall(database.sql, { orgId: firstOrg, providerCallId, ...event });
    const { call, contact } = (await storedCall(database, providerCallId)) ?? {};
    return { call: { ...call, vapi_call_id: "" }, contact };
  }

  test.each(Object.entries(stories))(
    "the states of %s give one row, in order, shuffled, tripled",
    async (name, story) => {
      const number = `+1202555${String(200 + Object.keys(stories).indexOf(name)).padStart(4, "0")}`;
      const { events, row } = story(number);
      const first = await rowOf(events);
      expect(first).toMatchObject({ call: { phone_number: number, ...common, ...row }, contact: { phone: number } });
      const orders = fc.sample(fc.shuffledSubarray([...events], { minLength: events.length }), 6);
      for (const order of [events.toReversed(), events.flatMap((event) => [event, event, event]), ...orders]) {
        expect(await rowOf(order)).toEqual(first);
      }
      expect(await rowOf([...events, ...events.toReversed(), ...events])).toEqual(first);
    },
  );

  test("how a call ended, where the state says it, is its reason", async () => {
    const ends = ["busy", "no-answer", "canceled", "failed", "not_connected", "complete_error"];
    for (const status of ends) {
      const { call } = await rowOf([{ details: { status } }]);
      expect(call).toMatchObject({ status: "ended", ended_reason: status });
    }
    expect((await rowOf([{ details: { status: "completed" } }])).call).toMatchObject({ ended_reason: null });
  });

  test("a state that nobody knows is placed by the event's time, and named where it has none", async () => {
    const [at, later] = ["2026-09-10T10:01:00Z", "2026-09-10T10:03:00Z"];
    const unknown = (occurredAt: string): CallInput["details"] => ({
      status: "warming-up",
      occurredAt,
      startedAt: "2026-09-10T10:00:00Z",
      endedAt: "2026-09-10T10:02:00Z",
    });
    const ringing = { details: { status: "ringing" } };
    for (const order of [(one: object, two: object) => [one, two], (one: object, two: object) => [two, one]]) {
      expect((await rowOf(order(ringing, { details: unknown(at) }))).call).toMatchObject({ status: "in-progress" });
      expect((await rowOf(order(ringing, { details: unknown(later) }))).call).toMatchObject({ status: "ended" });
      expect((await rowOf(order(ringing, { details: { status: "warming-up" } }))).call).toMatchObject({
        status: "ringing",
      });
    }
    const event = { orgId: firstOrg, providerCallId: randomUUID(), details: { status: "warming-up" } };
    expect(await recordCall(database.sql, event)).toMatchObject({ created: true, refused: ["details.status"] });
  });

  test("a transaction that somebody began is as good as a pool, and takes the call back with it", async () => {
    const [kept, lost] = [randomUUID(), randomUUID()];
    await database.sql.begin((tx) => recordCall(tx, { orgId: firstOrg, providerCallId: kept, number: "+12025550290" }));
    const failing = database.sql.begin(async (tx) => {
      await recordCall(tx, { orgId: firstOrg, vapiCallId: lost, number: "+12025550291" });
      throw new Error("the host's own");
    });
    await expect(failing).rejects.toThrow("the host's own");
    expect(await storedCall(database, kept)).toMatchObject({ contact: { phone: "+12025550290" } });
    expect(await storedCall(database, lost)).toBeUndefined();
  });

  test("details that cannot be read are left out and named, and unknown keys left alone", async () => {
    const providerCallId = randomUUID();
    const odd = {
      orgId: firstOrg,
      providerCallId,
      number: 12025550292,
      weather: "fine",
      details: {
        startedAt: "yesterday",
        cost: "cheap",
        transcript: ["no"],
        durationSeconds: "116.4",
        summary: "Well.",
        mood: 1,
      },
    };
    // As somebody calls it who has no compiler.
    const recorded = await Reflect.apply(recordCall, undefined, [database.sql, odd]);
    expect(recorded.refused.toSorted()).toEqual(["details.cost", "details.startedAt", "details.transcript"]);
    expect(await storedCall(database, providerCallId)).toMatchObject({
      call: { phone_number: "+12025550292", duration_seconds: 116, outcome_summary: "Well.", transcript: null },
    });
  });

  test.each<[object | null, string]>([
    [null, "the event: object expected"],
    [{ providerCallId: "c" }, "orgId: uuid expected"],
    [{ orgId: "42", providerCallId: "c" }, "orgId: uuid expected"],
    [{ orgId: firstOrg }, "providerCallId: the provider's id of the call expected"],
    [{ orgId: firstOrg, providerCallId: "  " }, "providerCallId: the provider's id of the call expected"],
    [{ orgId: firstOrg, providerCallId: "x".repeat(256) }, "providerCallId: longer than 255 characters"],
    [{ orgId: firstOrg, providerCallId: "c", direction: "sideways" }, "direction: inbound or outbound expected"],
    [{ orgId: firstOrg, providerCallId: "c", country: "Britain" }, "country: two letters expected"],
  ])("%j is refused with a clear error, and nothing is written", async (event, message) => {
    const [before] = await database.sql`select count(*) from public.calls`;
    const refused = Reflect.apply(recordCall, undefined, [database.sql, event]);
    await expect(refused).rejects.toMatchObject({ name: "SsotError", code: "PAYLOAD_INVALID", message });
    expect(await database.sql`select count(*) from public.calls`).toEqual([before]);
  });
});

test("what is no pool is refused", async () => {
  const call = Reflect.apply(recordCall, undefined, [{}, { orgId: firstOrg, providerCallId: "c" }]);
  await expect(call).rejects.toMatchObject({ code: "CONFIGURATION" });
});

test("every provider's words lead to states of ours, in any spelling the same", () => {
  const spellings = new Map<string, string>();
  for (const words of Object.values(providerStates)) {
    for (const [word, state] of Object.entries(words)) {
      expect(callStates).toContain(state);
      const bare = word.replaceAll("_", "-").replace(/^call[.-]/, "");
      expect([word, spellings.get(bare) ?? state]).toEqual([word, state]);
      spellings.set(bare, state);
    }
  }
  expect(spellings.size).toBeGreaterThan(25);
});

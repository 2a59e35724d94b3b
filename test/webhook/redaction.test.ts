import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { TestDatabase } from "../support/database.ts";
import { report, statusUpdate } from "./messages.ts";
import { databaseAt, stages } from "./stages.ts";
import { storedCall, webhookOf } from "./webhook-case.ts";

describe.each(stages)("%s", (stage) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await databaseAt(stage);
  });
  afterAll(() => database?.drop());
  let last = 0;

  /** A call that was taken, whose texts somebody has shortened, replaced or removed since, and whose contact is deleted. */
  async function redacted(webhook = webhookOf(database.sql)) {
    last += 1;
    const [id, number] = [randomUUID(), `+1415558${1000 + last}`];
    const messages = [
      statusUpdate("in-progress", { id, number, name: "Ada Lovelace" }),
      report({ id, number, name: "Ada Lovelace" }),
    ] as const;
    for (const message of messages) await webhook.handle(message);
    await database.sql`
      update public.calls set transcript = 'AI: Hello.', outcome_summary = '[removed]', recording_url = null where vapi_call_id = ${id}`;
    await database.sql`delete from public.contacts where phone = ${number}`;
    return { id, number, messages, webhook, before: await storedCall(database, id) };
  }

  test("a repeat brings back neither texts nor the contact, in any order and thrice", async () => {
    const { id, number, messages, webhook, before } = await redacted();
    expect(before).toMatchObject({ call: { transcript: "AI: Hello.", recording_url: null }, contact: null });
    for (const message of [...messages.toReversed(), ...messages, ...messages]) {
      expect(await webhook.handle(message)).toMatchObject({ repeat: true, contactId: null, contactCreated: false });
    }
    expect(await storedCall(database, id)).toEqual(before);
    expect(await database.sql`select from public.contacts where phone = ${number}`).toHaveLength(0);
  });

  test("a repeat whose recording is signed anew is the same event", async () => {
    const [id, webhook] = [randomUUID(), webhookOf(database.sql)];
    const signed = (signature: string) =>
      report({
        id,
        message: {
          artifact: { transcript: "User: Hi.", recordingUrl: `https://s.example/a.wav?X-Amz-Signature=${signature}` },
        },
      });
    await webhook.handle(signed("one"));
    await database.sql`update public.calls set transcript = null, recording_url = null where vapi_call_id = ${id}`;
    expect(await webhook.handle(signed("another-and-longer"))).toMatchObject({ repeat: true });
    expect(await storedCall(database, id)).toMatchObject({ call: { transcript: null, recording_url: null } });
  });

  test("a report that says more is no repeat, and one that was not taken in full is none either", async () => {
    const { id, webhook, number } = await redacted();
    const richer = report({
      id,
      number,
      message: {
        analysis: {},
        artifact: { transcript: "User: I would like to book an appointment, on Tuesday please." },
      },
    });
    expect(await webhook.handle(richer)).toMatchObject({ repeat: false, changed: ["transcript"] });
    const other = randomUUID();
    await database.sql`alter table public.calls add constraint none check (transcript is null) not valid`;
    expect(await webhook.handle(report({ id: other }))).toMatchObject({ refused: ["transcript"] });
    await database.sql`alter table public.calls drop constraint none`;
    expect(await webhook.handle(report({ id: other }))).toMatchObject({ refused: [], changed: ["transcript"] });
  });

  test("a call that was deleted is recorded again: nobody has said that it must not be", async () => {
    const { id, messages, webhook } = await redacted();
    await database.sql`delete from public.calls where vapi_call_id = ${id}`;
    expect(await webhook.handle(messages[1])).toMatchObject({ created: true });
  });

  test("it is recorded again whole where an event that says less makes the row", async () => {
    const { id, messages, webhook } = await redacted();
    await database.sql`delete from public.calls where vapi_call_id = ${id}`;
    expect(await webhook.handle(messages[0])).toMatchObject({ created: true });
    expect(await webhook.handle(messages[1])).toMatchObject({ repeat: false, created: false });
    const stored = await storedCall(database, id);
    expect(stored?.call.transcript).not.toBeNull();
    expect(await webhook.handle(messages[1])).toMatchObject({ repeat: true });
    expect(await storedCall(database, id)).toEqual(stored);
  });

  test("where calls has taken_events, every process knows what was taken, and a restarted one, too", async () => {
    await database.sql`alter table public.calls add taken_events text[]`;
    const { id, number, messages, before } = await redacted();
    expect(before?.call.taken_events).toHaveLength(1);
    const restarted = webhookOf(database.sql);
    expect(await restarted.handle(messages[1])).toMatchObject({ repeat: true, contactId: null, changed: [] });
    expect(await storedCall(database, id)).toEqual(before);
    expect(await database.sql`select from public.contacts where phone = ${number}`).toHaveLength(0);
    await database.sql`alter table public.calls drop taken_events`;
  });
});

import { randomUUID } from "node:crypto";
import postgres from "postgres";
import { expect, test } from "vitest";
import { callStates, createVapiWebhook, recordCall, type VapiWebhookOptions } from "../../src/webhook/public.ts";

const sql = postgres("postgres://nobody@127.0.0.1:1/none");

// As somebody writes it who has no compiler.
function create(options: Readonly<Record<string, unknown>>): () => unknown {
  const needed = { sql, resolveOrganization: () => null, authenticate: "none" };
  return () => createVapiWebhook({ ...needed, ...options } as VapiWebhookOptions);
}

test.each<[object, string]>([
  [{ scoreLeads: () => {}, defaultcountry: "GB" }, "createVapiWebhook does not know scoreLeads, defaultcountry"],
  [{ sql: undefined }, "createVapiWebhook needs sql"],
  [
    { authenticate: undefined, resolveOrganization: undefined },
    "createVapiWebhook needs resolveOrganization, authenticate",
  ],
  [{ authenticate: "nobody" }, 'authenticate is a function, or "none"'],
  [{ onEvent: {}, deadLetter: 1 }, "createVapiWebhook needs a function as onEvent, deadLetter"],
  [{ hooks: "inside" }, "hooks is after, awaited or transaction"],
  [{ leadScore: "mine" }, "leadScore is default or document"],
  [
    { leadScore: "document", scoreLead: () => ({ score: 1, tier: "cold" }) },
    "leadScore and scoreLead exclude each other",
  ],
  [{ on: { "tool-calls": () => {} } }, "on: tool-calls wants an answer; give it in otherwise"],
  [{ on: { "call.deleted": "no" } }, "on: call.deleted needs a function"],
  [{ columns: { transcripts: "t" } }, "columns: transcripts is not written; known are"],
  [{ columns: { transcript: "" } }, "columns: transcript needs the name of a column, or null"],
  [{ columns: { transcript: "caller_name" } }, "columns: transcript cannot be written to caller_name"],
  [{ columns: { to_number: "from_number" } }, "columns: to_number cannot be written to from_number"],
  [{ columns: { transcript: "org_id" } }, "columns: transcript cannot be written to org_id"],
  [{ columns: { transcript: "outcome_summary" } }, "columns: outcome_summary would be written twice"],
  [{ states: { finished: "done" } }, "states: finished is none; known are scheduled, queued"],
  [{ states: { ended: 7 } }, "states: ended needs a word, or null"],
])("the options %j are refused: %s", (options, message) => {
  expect(create({ ...options })).toThrow(
    expect.objectContaining({ code: "CONFIGURATION", message: expect.stringContaining(message) }),
  );
});

test("options that are there and undefined are as good as left out, and unknown types of messages may be heard of", () => {
  expect(create({ logger: undefined, on: undefined, hooks: undefined, columns: undefined })).not.toThrow();
  expect(create({ on: { "some.day": () => {} } })).not.toThrow();
});

test("recordCall says what it misses, and leaves alone what it does not know", async () => {
  const event = { orgId: randomUUID(), country: "GB", direction: "inbound", number: null, weather: "fine" } as const;
  await expect(recordCall(sql, event)).rejects.toMatchObject({
    code: "PAYLOAD_INVALID",
    message: expect.stringContaining("providerCallId"),
  });
  expect(Array.isArray(callStates)).toBe(true);
});

import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, IncomingMessage, type RequestListener, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { organizationByVapiId, vapiSecret } from "../../src/webhook/public.ts";
import type { TestDatabase } from "../support/database.ts";
import { firstOrg, makeHealthy, secondOrg } from "../verify/healthy-case.ts";
import { report } from "./messages.ts";
import { keepLog, post, storedCall, webhookOf } from "./webhook-case.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await makeHealthy();
});
afterAll(() => database?.drop());

const headers = { "x-vapi-secret": "s3cret", "content-type": "application/json" };

/** Posts a body to a server that does something before its listener does. */
async function postTo(listener: RequestListener, body: string): Promise<number> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  try {
    return (await fetch(`http://127.0.0.1:${port}/`, { method: "POST", headers, body })).status;
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test("a platform that reads the body first and keeps it in rawBody is as good; one that does not is a fault of the set-up", async () => {
  const logger = keepLog();
  const webhook = webhookOf(database.sql, { authenticate: vapiSecret("s3cret"), logger });
  const parsing =
    (keep: boolean): RequestListener =>
    async (incoming, outgoing) => {
      const parts: Buffer[] = [];
      for await (const part of incoming) parts.push(part);
      webhook.nodeListener(keep ? Object.assign(incoming, { rawBody: Buffer.concat(parts) }) : incoming, outgoing);
    };
  const [kept, lost] = [randomUUID(), randomUUID()];
  expect(await postTo(parsing(true), JSON.stringify(report({ id: kept, number: "+12025550401" })))).toBe(200);
  expect(await storedCall(database, kept)).toMatchObject({ contact: { phone: "+12025550401" } });
  expect(await postTo(parsing(false), JSON.stringify(report({ id: lost })))).toBe(500);
  expect(await storedCall(database, lost)).toBeUndefined();
  expect(logger.lines.join()).toContain("The body was read before the webhook got it");
});

test("a request that a serverless platform made up, with headers but no raw ones, is read", async () => {
  const webhook = webhookOf(database.sql, { authenticate: vapiSecret("s3cret") });
  const id = randomUUID();
  const incoming = new IncomingMessage(new Socket());
  Object.assign(incoming, { method: "POST", url: "/vapi", headers: { ...headers, host: "api.example.com" } });
  incoming.push(JSON.stringify(report({ id, number: "+12025550402" })));
  incoming.push(null);
  const outgoing = new ServerResponse(incoming);
  const written = new Promise<void>((resolve) => {
    outgoing.end = ((..._: unknown[]) => {
      resolve();
      return outgoing;
    }) as typeof outgoing.end;
  });
  webhook.nodeListener(incoming, outgoing);
  await written;
  expect(outgoing.statusCode).toBe(200);
  expect(await storedCall(database, id)).toMatchObject({ contact: { phone: "+12025550402" } });
});

test("a web request whose body was read is a fault of the set-up, not of the sender", async () => {
  const logger = keepLog();
  const webhook = webhookOf(database.sql, { logger });
  const [read, locked] = [post(report()), post(report())];
  await read.text();
  locked.body?.getReader();
  for (const request of [read, locked]) {
    const answer = await webhook.fetch(request);
    expect([answer.status, await answer.json()]).toMatchObject([500, { error: { code: "CONFIGURATION" } }]);
  }
  expect(logger.lines).toHaveLength(2);
});

test("web calls with a number or a contact are calls, others tests; with webCalls: test all are", async () => {
  const [contact] = await database.sql<{ id: string }[]>`
    insert into public.contacts (org_id, name, phone) values (${firstOrg}, 'Web Visitor', '+12025550403') returning id`;
  const send = async (changes: object, webCalls?: "record" | "test") => {
    const id = randomUUID();
    await webhookOf(database.sql, { webCalls }).handle(report({ id, type: "webCall", ...changes }));
    const { call, contact: linked } = (await storedCall(database, id)) ?? {};
    return [call.is_test_call, linked?.phone ?? null, call.call_direction];
  };
  const named = { call: { metadata: { contactId: contact?.id } } };
  expect(await send({ number: "+12025550404" })).toEqual([false, "+12025550404", "inbound"]);
  expect(await send(named)).toEqual([false, "+12025550403", "inbound"]);
  expect(await send({})).toEqual([true, null, "inbound"]);
  expect(await send({ number: "anonymous" })).toEqual([true, null, "inbound"]);
  expect(await send({ number: "+12025550404" }, "test")).toEqual([true, null, "inbound"]);
  expect(await send(named, "test")).toEqual([true, null, "inbound"]);
});

test("a caller's SIP address is kept where there is no number", async () => {
  const id = randomUUID();
  const customer = { sipUri: "sip:ada@pbx.example.com" };
  await webhookOf(database.sql).handle(report({ id, call: { customer } }));
  const [row] = await database.sql`
    select phone_number, resolved_caller_name from public.calls_with_caller_names where vapi_call_id = ${id}`;
  expect(row).toMatchObject({ phone_number: "sip:ada@pbx.example.com" });
});

test("the resolver asks further tables, and an id that two of them give to different organisations is nobody's", async () => {
  await database.sql.unsafe(`
    create table public.lines (vapi_id text, owner uuid);
    create table public.agents (vapi_id text, org_id uuid);
    insert into public.lines values ('line-1', '${firstOrg}'), ('line-1', '${firstOrg}'), ('line-2', '${firstOrg}'), ('line-2', '${secondOrg}');
    insert into public.agents values ('agent-2', '${secondOrg}')`);
  const resolve = organizationByVapiId(database.sql, {
    also: [
      { table: "public.lines", number: "vapi_id", organisation: "owner" },
      { table: "public.agents", assistant: "vapi_id" },
    ],
  });
  const ask = (phoneNumberId: string | null, assistantId: string | null) =>
    resolve({ message: { type: "status-update", call: { id: "c", phoneNumberId, assistantId } } });
  expect(await ask("line-1", null)).toMatchObject({ id: firstOrg });
  expect(await ask(null, "agent-2")).toMatchObject({ id: secondOrg });
  expect(await ask("line-9", "agent-9")).toBeNull();
  await expect(async () => await ask("line-2", null)).rejects.toMatchObject({ code: "DISPUTED_ORGANISATION" });
  await expect(async () => await ask("line-1", "agent-2")).rejects.toMatchObject({ code: "DISPUTED_ORGANISATION" });
});

import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { vapiSecret } from "../../src/webhook/authenticate.ts";
import type { TestDatabase } from "../support/database.ts";
import { makeHealthy } from "../verify/healthy-case.ts";
import { report } from "./messages.ts";
import { keepLog, storedCall, webhookOf } from "./webhook-case.ts";

let database: TestDatabase;
let server: Server;
let port: number;
const logger = keepLog();
const headers = { "x-vapi-secret": "s3cret" };

beforeAll(async () => {
  database = await makeHealthy();
  const webhook = webhookOf(database.sql, { authenticate: vapiSecret("s3cret"), maxBodyBytes: 100_000, logger });
  server = createServer(webhook.nodeListener).listen(0, "127.0.0.1");
  await once(server, "listening");
  port = (server.address() as AddressInfo).port;
});
afterAll(async () => {
  server?.closeAllConnections();
  server?.close();
  await database?.drop();
});

const send = (body: string, more: Readonly<Record<string, string>> = headers): Promise<Response> =>
  fetch(`http://127.0.0.1:${port}/api/webhooks/vapi`, { method: "POST", body, headers: more });

test("a node server answers, and a connection is used again", async () => {
  const id = randomUUID();
  const answer = await send(JSON.stringify(report({ id, number: "+14155550190", name: "Ada Lovelace" })));
  expect(answer.status).toBe(200);
  expect(answer.headers.get("content-type")).toContain("application/json");
  expect(answer.headers.get("connection")).toBe("keep-alive");
  expect(await answer.json()).toMatchObject({ contactCreated: true });
  expect(await storedCall(database, id)).toMatchObject({ contact: { name: "Ada Lovelace" } });
});

test("without the secret the answer is 401, before the body is looked at", async () => {
  expect((await send("{", {})).status).toBe(401);
  expect((await send("{")).status).toBe(400);
});

test("a body that announces more than is allowed is answered without being read", async () => {
  const client = request({ port, method: "POST", headers: { ...headers, "content-length": "100000001" } });
  client.on("error", () => {});
  client.flushHeaders();
  const [response] = await once(client, "response");
  expect([response.statusCode, response.headers.connection]).toEqual([413, "close"]);
  client.destroy();
});

test("a body without a length is not read to its end once it is too long", async () => {
  const client = request({ port, method: "POST", headers: { ...headers, "transfer-encoding": "chunked" } });
  client.on("error", () => {});
  const closed = new Promise((resolve) => client.on("close", resolve));
  let sent = 0;
  const chunk = Buffer.alloc(64 * 1024, "x");
  const timer = setInterval(() => {
    sent += chunk.length;
    client.write(chunk);
  }, 5);
  const [response] = await once(client, "response");
  await closed;
  clearInterval(timer);
  expect(response.statusCode).toBe(413);
  expect(sent).toBeLessThan(1000 * chunk.length);
});

test("a body of exactly the allowed size is read", async () => {
  const text = JSON.stringify({ message: { type: "hang", padding: "" } });
  const padded = text.replace('""', `"${"x".repeat(100_000 - text.length)}"`);
  expect(Buffer.byteLength(padded)).toBe(100_000);
  expect((await send(padded)).status).toBe(200);
  expect((await send(`${padded} `)).status).toBe(413);
});

test("a client that hangs up in the middle of its body writes nothing, and the server goes on", async () => {
  const id = randomUUID();
  const body = JSON.stringify(report({ id, number: "+14155550191" }));
  const client = request({ port, method: "POST", headers: { ...headers, "content-length": String(body.length) } });
  client.on("error", () => {});
  const gone = once(server, "request").then(([incoming]) => new Promise((resolve) => incoming.on("close", resolve)));
  const logged = logger.lines.length;
  client.write(body.slice(0, 100), () => client.destroy());
  await gone;
  expect(logger.lines).toHaveLength(logged);
  expect(await storedCall(database, id)).toBeUndefined();
  expect((await send(JSON.stringify({ message: { type: "hang" } }))).status).toBe(200);
});

test("a client that hangs up after its body is recorded all the same", async () => {
  const id = randomUUID();
  const body = JSON.stringify(report({ id, number: "+14155550192" }));
  const client = request({ port, method: "POST", headers: { ...headers, "content-length": String(body.length) } });
  client.on("error", () => {});
  const read = once(server, "request").then(([incoming]) => once(incoming, "end"));
  client.end(body);
  await read;
  client.destroy();
  await expect.poll(async () => (await storedCall(database, id)) !== undefined).toBe(true);
});

test("a body that a parser has read before is answered with 500, and the log says what to do", async () => {
  const webhook = webhookOf(database.sql, { logger });
  const late = createServer(async (incoming, outgoing) => {
    for await (const _ of incoming);
    webhook.nodeListener(incoming, outgoing);
  }).listen(0, "127.0.0.1");
  await once(late, "listening");
  const { port: latePort } = late.address() as AddressInfo;
  const answer = await fetch(`http://127.0.0.1:${latePort}/`, { method: "POST", body: "{}" });
  expect(answer.status).toBe(500);
  expect(logger.lines.at(-1)).toContain("in front of any body parser");
  late.closeAllConnections();
  late.close();
});

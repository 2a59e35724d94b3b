import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { vapiSecret } from "../../src/webhook/authenticate.ts";
import { organizationByVapiId, type ResolverOptions } from "../../src/webhook/resolve-organisation.ts";
import type { VapiWebhookOptions } from "../../src/webhook/vapi-options.ts";
import { countAttacks } from "../support/attacks.ts";
import type { TestDatabase } from "../support/database.ts";
import { firstOrg, makeHealthy, secondOrg } from "../verify/healthy-case.ts";
import { report } from "../webhook/messages.ts";
import { fingerprint, keepLog, post, storedCall, webhookOf } from "../webhook/webhook-case.ts";

countAttacks("tenant");

let database: TestDatabase;
beforeAll(async () => {
  database = await makeHealthy();
});
afterAll(() => database?.drop());

describe("a tenant that claims another's ids gets nothing", () => {
  beforeEach(async () => {
    await database.sql`
      update public.organizations set vapi_phone_number_id = 'their-number', vapi_assistant_id = 'their-assistant' where id = ${firstOrg}`;
    await database.sql`
      update public.organizations set vapi_phone_number_id = null, vapi_assistant_id = null where id <> ${firstOrg}`;
  });

  const claim = (column: "vapi_phone_number_id" | "vapi_assistant_id", id: string) =>
    database.sql`update public.organizations set ${database.sql(column)} = ${id} where id = ${secondOrg}`;

  async function send(ids: Readonly<Record<string, string>>, resolver: ResolverOptions = {}) {
    const logger = keepLog();
    const letters: unknown[] = [];
    const id = randomUUID();
    const webhook = webhookOf(database.sql, {
      logger,
      resolveOrganization: organizationByVapiId(database.sql, resolver),
      deadLetter: ({ reason, payload }) => void letters.push([reason, payload]),
    });
    const { phoneNumberId, assistantId } = ids;
    const body = report({ id, call: { ...(assistantId && { assistantId }) }, ...(phoneNumberId && { phoneNumberId }) });
    const answer = await webhook.fetch(post(body));
    const stored = answer.ok ? await storedCall(database, id) : null;
    return { status: answer.status, org: stored?.call.org_id ?? null, log: logger.lines, letters, body };
  }

  const both = { phoneNumberId: "their-number", assistantId: "their-assistant" };

  test("both ids are the tenant's own: it is its call", async () => {
    expect(await send(both)).toMatchObject({ status: 200, org: firstOrg, letters: [] });
  });

  test("the number stands on two rows: nobody's, kept aside, one line in the log", async () => {
    await claim("vapi_phone_number_id", "their-number");
    const before = await fingerprint(database, secondOrg);
    const { status, log, letters, body } = await send(both);
    expect(status).toBe(404);
    expect(letters).toEqual([["DISPUTED_ORGANISATION", body]]);
    expect(log).toEqual([expect.stringContaining("belongs to no organisation for certain")]);
    expect(log.join()).not.toMatch(/their-number|\+1/);
    expect(await fingerprint(database, secondOrg)).toBe(before);
  });

  test("the number is one's, the assistant another's: nobody's", async () => {
    await database.sql`update public.organizations set vapi_phone_number_id = null where id = ${firstOrg}`;
    await claim("vapi_phone_number_id", "their-number");
    expect(await send(both)).toMatchObject({ status: 404, letters: [["DISPUTED_ORGANISATION", expect.anything()]] });
    expect(await send(both, { shareAssistants: true })).toMatchObject({ status: 200, org: secondOrg });
  });

  test("the assistant stands on two rows: the number decides, and without a number nobody has it", async () => {
    await claim("vapi_assistant_id", "their-assistant");
    expect(await send(both)).toMatchObject({ status: 200, org: firstOrg });
    expect(await send({ assistantId: "their-assistant" })).toMatchObject({ status: 404, letters: [expect.anything()] });
  });

  test("a host whose deadLetter throws hears of it, and the sender gets the same answer", async () => {
    await claim("vapi_phone_number_id", "their-number");
    const logger = keepLog();
    const answer = await webhookOf(database.sql, {
      logger,
      resolveOrganization: organizationByVapiId(database.sql),
      deadLetter: () => Promise.reject(new Error("full")),
    }).fetch(post(report({ phoneNumberId: "their-number" })));
    expect(answer.status).toBe(404);
    expect(logger.lines.at(-1)).toContain("deadLetter failed");
  });
});

describe("bodies", () => {
  const sockets: Socket[] = [];
  let close = (): void => {};

  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
    close();
  });

  /** A server with the webhook, and requests that never end. */
  async function listen(options: Partial<VapiWebhookOptions>) {
    const { nodeListener } = webhookOf(database.sql, {
      authenticate: vapiSecret("s3cret"),
      logger: keepLog(),
      ...options,
    });
    const server = createServer(nodeListener).listen(0, "127.0.0.1");
    await once(server, "listening");
    close = () => {
      server.closeAllConnections();
      server.close();
    };
    const { port } = server.address() as AddressInfo;
    return {
      /** Sends headers and a part of a body, and gives the status that comes back. */
      begin: async (secret: string, part: string): Promise<{ socket: Socket; status: Promise<number> }> => {
        const socket = connect(port, "127.0.0.1");
        sockets.push(socket);
        socket.on("error", () => {});
        await once(socket, "connect");
        const status = once(socket, "data").then(([data]) => Number(/^HTTP\/1.1 (\d+)/.exec(String(data))?.[1]));
        socket.write(
          `POST / HTTP/1.1\r\nhost: x\r\nx-vapi-secret: ${secret}\r\ncontent-length: 5000000\r\n\r\n${part}`,
        );
        return { socket, status };
      },
    };
  }

  test("a stranger's are not read: half-open bodies with a wrong secret are answered at once and cost no room", async () => {
    const { begin } = await listen({ maxBytesInFlight: 100_000 });
    const strangers = await Promise.all(Array.from({ length: 60 }, () => begin("wrong", "x".repeat(50_000))));
    expect(new Set(await Promise.all(strangers.map(({ status }) => status)))).toEqual(new Set([401]));
  });

  test("one that is too slow is answered with 408", async () => {
    const { begin } = await listen({ bodyTimeoutMs: 200 });
    const { status } = await begin("s3cret", "{");
    expect(await status).toBe(408);
  });

  test("more of them at one time than there is room for: the last is asked to come again, the room comes back", async () => {
    const { begin } = await listen({ maxBytesInFlight: 100_000, bodyTimeoutMs: 1_000 });
    const first = await begin("s3cret", "x".repeat(90_000));
    // It is there once the second one does not fit.
    await expect
      .poll(async () => {
        const { status, socket } = await begin("s3cret", "x".repeat(20_000));
        const told = await Promise.race([status, first.status.then(() => 0)]);
        socket.destroy();
        return told;
      })
      .toBe(503);
    expect(await first.status).toBe(408);
    await expect.poll(async () => (await begin("s3cret", "x".repeat(90_000))).status).toBe(408);
  });

  test("a web request that drips is answered with 408, and its stream let go", async () => {
    let cancelled = false;
    let given = 0;
    const slow = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        given += 1;
        if (given < 3) controller.enqueue(new TextEncoder().encode("{"));
        return given < 3 ? undefined : new Promise(() => {});
      },
      cancel: () => {
        cancelled = true;
      },
    });
    const request = new Request("http://localhost/", {
      method: "POST",
      body: slow,
      headers: { "x-vapi-secret": "s3cret" },
      duplex: "half",
    } as RequestInit);
    const webhook = webhookOf(database.sql, {
      authenticate: vapiSecret("s3cret"),
      bodyTimeoutMs: 200,
      logger: keepLog(),
    });
    expect((await webhook.fetch(request)).status).toBe(408);
    expect(cancelled).toBe(true);
  });
});

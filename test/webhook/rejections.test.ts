import { randomUUID } from "node:crypto";
import postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { vapiSecret } from "../../src/webhook/authenticate.ts";
import type { DeadLetter, Rejection } from "../../src/webhook/public.ts";
import type { VapiWebhookOptions } from "../../src/webhook/vapi-options.ts";
import type { TestDatabase } from "../support/database.ts";
import { firstOrg, makeHealthy, secondOrg } from "../verify/healthy-case.ts";
import { report } from "./messages.ts";
import { fingerprint, keepLog, post, storedCall, webhookOf } from "./webhook-case.ts";

let database: TestDatabase;
let away: postgres.Sql;
beforeAll(async () => {
  database = await makeHealthy();
  away = postgres("postgres://nobody@127.0.0.1:1/none", { max: 1, connect_timeout: 2 });
  const theirs = webhookOf(database.sql, { resolveOrganization: () => secondOrg });
  await theirs.handle(report({ id: "taken", number: "+14155550180" }));
});
afterAll(async () => {
  await away?.end({ timeout: 0 });
  await database?.drop();
});

const secret = "+14155550199";
const event = (id = "some-call") => report({ id, number: secret, name: "Very Private" });

class HostError extends Error {
  override readonly name = "HostError";
}
const fails = (): never => {
  throw new HostError(`of ${secret}`);
};

interface Case {
  readonly status: number;
  readonly code: string;
  readonly body?: unknown;
  readonly options?: Partial<VapiWebhookOptions> | (() => Partial<VapiWebhookOptions>);
  readonly headers?: Readonly<Record<string, string>>;
  /** What is logged of it, besides status and code. */
  readonly logged?: Readonly<Record<string, unknown>>;
  /** It is given to deadLetter. */
  readonly laid: boolean;
}

const known = { type: "end-of-call-report", vapiCallId: "some-call" };
const cases: Readonly<Record<string, Case>> = {
  "no JSON": {
    status: 400,
    code: "PAYLOAD_INVALID",
    body: "{",
    logged: { field: "the body: JSON expected" },
    laid: true,
  },
  "a call that is a list": {
    status: 400,
    code: "PAYLOAD_INVALID",
    body: report({ message: { call: [] } }),
    logged: { type: "end-of-call-report", field: "message.call: object expected" },
    laid: true,
  },
  "a wrong secret": {
    status: 401,
    code: "UNAUTHENTICATED",
    options: { authenticate: vapiSecret("right") },
    headers: { "x-vapi-secret": "wrong" },
    laid: false,
  },
  "nobody's call": {
    status: 404,
    code: "UNKNOWN_ORGANISATION",
    options: { resolveOrganization: () => null },
    logged: known,
    laid: true,
  },
  "another's call": {
    status: 409,
    code: "CALL_OF_ANOTHER_ORGANISATION",
    body: event("taken"),
    logged: { ...known, vapiCallId: "taken", orgId: firstOrg },
    laid: true,
  },
  "a body that is too large": { status: 413, code: "BODY_TOO_LARGE", options: { maxBodyBytes: 100 }, laid: false },
  "a resolver that throws": {
    status: 500,
    code: "INTERNAL",
    options: { resolveOrganization: fails },
    logged: { ...known, error: "HostError" },
    laid: true,
  },
  "a resolver that gives no uuid": {
    status: 500,
    code: "CONFIGURATION",
    options: { resolveOrganization: () => "no uuid" },
    logged: { ...known, reason: "resolveOrganization gave something else than a uuid" },
    laid: true,
  },
  "an authenticator that throws": {
    status: 500,
    code: "CONFIGURATION",
    options: { authenticate: fails },
    logged: { error: "HostError", reason: "the authenticator failed" },
    laid: false,
  },
  "otherwise that throws": {
    status: 500,
    code: "OTHERWISE_FAILED",
    body: { message: { type: "tool-calls" } },
    options: { otherwise: fails },
    logged: { type: "tool-calls", error: "HostError" },
    laid: false,
  },
  "otherwise that gives nothing": {
    status: 500,
    code: "NO_ANSWER",
    body: { message: { type: "tool-calls" } },
    options: () => ({ otherwise: JSON.parse("null") ?? (() => undefined) }),
    logged: { type: "tool-calls" },
    laid: false,
  },
  "nobody who answers": {
    status: 501,
    code: "NOT_IMPLEMENTED",
    body: { message: { type: "tool-calls" } },
    logged: { type: "tool-calls" },
    laid: false,
  },
  "a database that is away": {
    status: 503,
    code: "DATABASE_UNAVAILABLE",
    options: () => ({ sql: away }),
    logged: { ...known, orgId: firstOrg, error: "Error", sqlstate: "ECONNREFUSED" },
    laid: true,
  },
};

test.each(Object.entries(cases))(
  "%s is one line in the log, told to onRejected, and kept aside where it can be",
  async (_, asked) => {
    const { status, code, body = event(), options = {}, headers = {}, logged = {}, laid } = asked;
    const before = await fingerprint(database, firstOrg);
    const logger = keepLog();
    const rejections: Rejection[] = [];
    const letters: DeadLetter[] = [];
    const webhook = webhookOf(database.sql, {
      logger,
      onRejected: (rejection) => void rejections.push(rejection),
      deadLetter: (letter) => void letters.push(letter),
      ...(typeof options === "function" ? options() : options),
    });
    const answer = await webhook.fetch(post(body, headers));
    expect(answer.status).toBe(status);
    const told: { error: { code: string; message: string } } = JSON.parse(await answer.text());
    expect(told.error.code).toBe(code === "CONFIGURATION" ? "INTERNAL" : code);
    expect(logger.lines).toHaveLength(1);
    const [line = ""] = logger.lines;
    expect(JSON.parse(line.slice(line.indexOf("{")))).toEqual({ status, code, ...logged });
    expect(line).not.toMatch(/0199|Private/);
    expect(rejections).toMatchObject([
      {
        status,
        code,
        message: told.error.message,
        type: logged.type ?? null,
        providerCallId: logged.vapiCallId ?? null,
      },
    ]);
    if (logged.error === "HostError") {
      const { error } = rejections[0] ?? {};
      expect(String(error instanceof Error && error.cause !== undefined ? error.cause : error)).toContain(secret);
    }
    expect(letters.map((letter) => ({ reason: letter.reason, body: new TextDecoder().decode(letter.body) }))).toEqual(
      laid ? [{ reason: code, body: typeof body === "string" ? body : JSON.stringify(body) }] : [],
    );
    expect(await fingerprint(database, firstOrg)).toBe(before);
  },
);

test("a constraint is named in the log, a value never", async () => {
  await database.sql`alter table public.contacts add constraint theirs check (phone not like '+1415%') not valid`;
  const logger = keepLog();
  const rejections: Rejection[] = [];
  const webhook = webhookOf(database.sql, { logger, onRejected: (rejection) => void rejections.push(rejection) });
  expect((await webhook.fetch(post(event()))).status).toBe(500);
  await database.sql`alter table public.contacts drop constraint theirs`;
  expect(logger.lines).toEqual([
    expect.stringContaining('"sqlstate":"23514","table":"contacts","constraint":"theirs"'),
  ]);
  expect(logger.lines.join()).not.toMatch(/0199|Private|Failing row/);
  expect(rejections).toMatchObject([{ error: { constraint_name: "theirs" } }]);
});

test("what could not be kept is kept when it is replayed, as it was sent", async () => {
  const letters: DeadLetter[] = [];
  const id = randomUUID();
  let open = false;
  const webhook = webhookOf(database.sql, {
    resolveOrganization: () => (open ? firstOrg : null),
    deadLetter: (letter) => void letters.push(letter),
  });
  expect((await webhook.fetch(post(event(id)))).status).toBe(404);
  const [letter] = letters;
  expect(letter?.payload).toEqual(event(id));
  await expect(webhook.replay(letter?.body ?? "")).rejects.toMatchObject({ code: "UNKNOWN_ORGANISATION" });
  expect(await storedCall(database, id)).toBeUndefined();
  open = true;
  expect(await webhook.replay(letter?.body ?? "")).toMatchObject({ handled: true, created: true });
  expect(await storedCall(database, id)).toMatchObject({ call: { status: "ended" }, contact: { phone: secret } });
  expect(await webhook.replay(JSON.stringify(event(id)))).toMatchObject({ handled: true, repeat: true });
  await expect(webhook.replay("{")).rejects.toMatchObject({ code: "PAYLOAD_INVALID" });
});

test("an onRejected and a deadLetter that throw are logged, and the answer is the same", async () => {
  const logger = keepLog();
  const webhook = webhookOf(database.sql, {
    logger,
    resolveOrganization: () => null,
    onRejected: fails,
    deadLetter: fails,
  });
  expect((await webhook.fetch(post(event()))).status).toBe(404);
  expect(logger.lines).toEqual([
    expect.stringContaining("belongs to no organisation"),
    expect.stringMatching(/^error onRejected failed .*HostError/),
    expect.stringMatching(/^error deadLetter failed .*HostError/),
  ]);
  expect(logger.lines.join()).not.toMatch(/0199/);
});

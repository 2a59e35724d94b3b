import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { loadSeedCase } from "../../fixtures/seed-case.ts";
import { deliver, notificationOf } from "../../src/cli/notify.ts";
import { evidence } from "../report/evidence.ts";
import { personal, report } from "../report/verify-report.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { callSsot } from "./call-ssot.ts";

const secret = "a secret of the two";
let database: TestDatabase;
let server: Server;
let received: { readonly headers: IncomingHttpHeaders; readonly body: string }[] = [];
/** Status codes that the next requests get; then 204. */
let answers: number[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  await loadSeedCase(database.sql);
  await callSsot(["migrate", "--database-url", database.url]);
  server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    received.push({ headers: request.headers, body });
    response.writeHead(answers.shift() ?? 204, { location: "/elsewhere" }).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});

beforeEach(() => {
  [received, answers] = [[], []];
});

afterAll(async () => {
  server.close();
  await database.drop();
});

const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
const verify = (...args: readonly string[]) =>
  callSsot(["verify", "schema", "--record", "--notify", url(), "--database-url", database.url, ...args], {
    env: { SSOT_NOTIFY_SECRET: secret },
  });

test("each change of the verdict is told once, by the runs that the database has recorded", async () => {
  const { sql } = database;
  expect((await verify()).exitCode).toBe(0);
  expect((await verify()).exitCode).toBe(0);
  expect(received).toEqual([]);
  await sql`alter view public.calls_with_caller_names rename to calls_away`;
  expect((await verify()).exitCode).toBe(1);
  expect((await verify()).exitCode).toBe(1);
  await sql`alter view public.calls_away rename to calls_with_caller_names`;
  expect((await verify()).exitCode).toBe(0);
  expect((await verify()).exitCode).toBe(0);
  const told = received.map(({ body }) => JSON.parse(body));
  expect(told.map(({ event }) => event)).toEqual(["verify.broken", "verify.mended"]);
  expect(told[0].checks.length).toBeGreaterThan(0);
  expect(told[0]).toMatchObject({ target: { database: database.name }, counts: { fail: told[0].checks.length } });
  expect(told[1].checks).toEqual([]);
  const runs = await sql<{ ok: boolean }[]>`select ok from ssot.verification_runs order by id`;
  expect(runs.map(({ ok }) => ok)).toEqual([true, true, false, false, true, true]);
  // Other suites are another question: their first run changes nothing.
  await callSsot(["verify", "history", "--record", "--notify", url(), "--database-url", database.url], {
    env: { SSOT_NOTIFY_SECRET: secret },
  });
  expect(received).toHaveLength(2);
});

test("what is sent is signed over its time and its text, and says nothing of a row", async () => {
  const broken = notificationOf({ ...report, previous: { recordedAt: new Date(0), ok: true } }, evidence);
  if (broken === undefined) throw new Error("there is a transition");
  const now = () => new Date("2026-02-13T17:04:05.900Z");
  expect(await deliver(broken, { url: url(), secret, now, signal: new AbortController().signal })).toBeUndefined();
  const [{ headers, body } = { headers: {}, body: "" }] = received;
  expect(headers["x-ssot-timestamp"]).toBe("1771002245");
  const expected = createHmac("sha256", secret).update(`1771002245.${body}`).digest("hex");
  expect(headers["x-ssot-signature"]).toBe(`v1=${expected}`);
  for (const value of personal) expect(body).not.toContain(value);
  expect(JSON.parse(body)).toMatchObject({
    event: "verify.broken",
    target: { host: "db.example.com", database: "app" },
  });
  expect(body).not.toContain("deploy as");
});

test.each([
  ["a server that is away for a while", [503, 500, 429], 4, undefined],
  ["one that stays away", [503, 503, 503, 503, 503], 4, "503 at try 4"],
  ["one that refuses", [404], 1, "404 at try 1"],
  ["one that leads elsewhere", [302, 302, 302, 302], 4, "no answer at try 4"],
])("to %s it is sent again as long as that may help", async (_, codes, tries, problem) => {
  answers = [...codes];
  const mended = notificationOf({ ...report, ok: true, previous: { recordedAt: new Date(0), ok: false } }, evidence);
  if (mended === undefined) throw new Error("there is a transition");
  const how = { url: url(), secret, now: () => new Date(), signal: new AbortController().signal, firstWaitMs: 1 };
  expect(await deliver(mended, how)).toBe(problem);
  expect(received).toHaveLength(tries);
  expect(new Set(received.map(({ headers }) => headers["x-ssot-delivery"])).size).toBe(1);
});

test("what cannot be delivered is a warning without the URL's path, and the exit code stays", async () => {
  answers = [404];
  const { sql } = database;
  await sql`alter view public.calls_with_caller_names rename to calls_away`;
  const { exitCode, stdout, stderr } = await verify("--json");
  await sql`alter view public.calls_away rename to calls_with_caller_names`;
  expect(exitCode).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ ok: false, previous: { ok: true } });
  expect(stderr).toMatch(/^warning 127\.0\.0\.1:\d+ was not told that the verdict changed \(404 at try 1\)/m);
  expect(stdout + stderr).not.toContain("/hook");
});

test.each([
  ["without --record", ["--notify", "http://127.0.0.1:9"], secret, "USAGE"],
  ["without a secret", ["--record", "--notify", "http://127.0.0.1:9"], "", "CONFIGURATION"],
  ["with what is no URL", ["--record", "--notify", "nowhere"], secret, "USAGE"],
])("%s it is refused before anything is asked", async (_, args, SSOT_NOTIFY_SECRET, code) => {
  const { exitCode, stderr } = await callSsot(
    ["verify", ...args, "--database-url", "postgres://nobody@127.0.0.1:1/x"],
    {
      env: { SSOT_NOTIFY_SECRET },
    },
  );
  expect(exitCode).toBe(2);
  expect(stderr).toContain(`error ${code}: `);
});

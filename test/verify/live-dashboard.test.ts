import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { listCalls } from "../../src/dashboard/list-calls.ts";
import { recentCalls } from "../../src/dashboard/recent-calls.ts";
import { callSsot } from "../cli/call-ssot.ts";
import type { TestDatabase } from "../support/database.ts";
import { firstOrg, makeHealthy } from "./healthy-case.ts";

const token = "a-secret-token";
let database: TestDatabase;
let server: Server | undefined;

beforeAll(async () => {
  database = await makeHealthy();
});

afterEach(async () => {
  await new Promise((done) => (server === undefined ? done(undefined) : server.close(done)));
});

afterAll(() => database.drop());

type Answer = (query: URLSearchParams) => Promise<{ status?: number; body: unknown }>;

/** A dashboard that wants the token, and answers so. */
async function serve(answer: Answer): Promise<string> {
  const started = createServer(async (request, response) => {
    const allowed = request.headers.authorization === `Bearer ${token}`;
    const { searchParams } = new URL(request.url ?? "/", "http://localhost");
    const { status = 200, body } = allowed ? await answer(searchParams) : { status: 401, body: {} };
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  server = started;
  await new Promise((done) => started.listen(0, "127.0.0.1", () => done(undefined)));
  return `http://127.0.0.1:${(started.address() as AddressInfo).port}/api/calls-dashboard`;
}

async function ask(url: string, given = token) {
  const { exitCode, stdout, stderr } = await callSsot(
    ["verify", "dashboard", "--json", "--database-url", database.url, "--dashboard-url", url],
    { env: { SSOT_DASHBOARD_TOKEN: given } },
  );
  const report = JSON.parse(stdout);
  const live = report.suites[0].checks.find(({ id }: { id: string }) => id === "live");
  return { exitCode, live, said: stdout + stderr };
}

const library: Answer = async (query) => ({
  body: await listCalls(database.sql, {
    orgId: firstOrg,
    page: 1,
    limit: 50,
    search: query.get("search") ?? undefined,
  }),
});

test("a dashboard that reads the view passes", async () => {
  const { exitCode, live } = await ask(await serve(library));
  expect(live).toMatchObject({ status: "pass", population: 16 });
  expect(exitCode).toBe(0);
});

test("a dashboard that still reads the frozen column is caught", async () => {
  const { exitCode, live } = await ask(
    await serve(async () => ({
      body: { calls: await database.sql`select caller_name from public.calls where org_id = ${firstOrg}` },
    })),
  );
  expect(live.status).toBe("fail");
  expect(live.actual).toMatch(/16 calls listed, \d+ of them as "Unknown Caller"/);
  expect(exitCode).toBe(1);
});

test("a dashboard whose search finds no name is caught", async () => {
  const { live } = await ask(
    await serve(async (query) => ({
      body: { calls: query.has("search") ? [] : await recentCalls(database.sql, { orgId: firstOrg, limit: 5 }) },
    })),
  );
  expect(live).toMatchObject({ status: "fail", population: 5 });
});

test("an empty list is nothing to look at, never a pass", async () => {
  const { live } = await ask(await serve(async () => ({ body: { calls: [] } })));
  expect(live).toMatchObject({ status: "skip", population: 0 });
});

test.each<[what: string, answer: Answer, reason: RegExp]>([
  ["an error", async () => ({ status: 500, body: {} }), /answers with status 500/],
  ["another shape", async () => ({ body: { rows: [] } }), /has no calls\[\]\.caller_name/],
])("%s is no answer: exit 3", async (_, answer, reason) => {
  const { exitCode, live } = await ask(await serve(answer));
  expect(live.status).toBe("error");
  expect(live.actual).toMatch(reason);
  expect(exitCode).toBe(3);
});

test("a wrong token is no answer, and the token is never repeated", async () => {
  const { exitCode, live, said } = await ask(await serve(library), "wrong-secret");
  expect(live.actual).toContain("status 401");
  expect(exitCode).toBe(3);
  expect(said).not.toContain("wrong-secret");
});

test("an address that does not answer is no success, and its password is never repeated", async () => {
  const { exitCode, live, said } = await ask("http://user:hidden@127.0.0.1:1/");
  expect(live.status).toBe("error");
  expect(exitCode).toBe(3);
  expect(said).not.toContain("hidden");
});

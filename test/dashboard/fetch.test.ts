import postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { migrate } from "../../src/core/migrate.ts";
import { createCallsDashboard } from "../../src/dashboard/public.ts";
import { addCall, firstOrg, secondOrg } from "../search/search-case.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { migrateOptions } from "../support/run-options.ts";

let database: TestDatabase;
const logged: unknown[] = [];
const logger = { error: (message: string, details: unknown) => void logged.push([message, details]) };
const base = "https://example.com/v1/api/calls-dashboard";

beforeAll(async () => {
  database = await createTestDatabase();
  const { sql, url } = database;
  await sql`insert into public.organizations (id, name, email) values (${firstOrg}, 'First', 'a@example.com'), (${secondOrg}, 'Second', 'b@example.com')`;
  await migrate(migrateOptions(url));
  await addCall(sql, { orgId: firstOrg, name: "Ada Lovelace", phone: "+14155550101" });
  await addCall(sql, { orgId: secondOrg, name: "Ada Theirs", phone: "+14155550104" });
});

afterAll(() => database.drop());

const authorize = ({ headers }: Request): string | null => headers.get("x-org");
async function ask(
  path: string,
  headers: Record<string, string> = { "x-org": firstOrg },
  sql = database.sql,
  method = "GET",
) {
  const response = await createCallsDashboard({ sql, authorize, logger }).fetch(
    new Request(base + path, { headers, method }),
  );
  expect(response.headers.get("cache-control")).toBe("no-store");
  return { status: response.status, headers: response.headers, body: await response.json() };
}

test("the list and the latest calls are served under any prefix, of the sender's organisation alone", async () => {
  const list = await ask("?search=ada&page=1&limit=5&direction=inbound&from=2020-01-01");
  expect(list).toMatchObject({
    status: 200,
    body: { total: 1, page: 1, limit: 5, calls: [{ caller_name: "Ada Lovelace" }] },
  });
  expect(await ask("?search=&page=&limit=&direction=&named=&from=&to=")).toMatchObject({
    status: 200,
    body: { total: 1 },
  });
  expect(await ask("?search=%20(415)%20555-0101")).toMatchObject({
    body: { calls: [{ caller_name: "Ada Lovelace" }] },
  });
  expect(await ask("?search=+14155550101&named=true")).toMatchObject({ body: { total: 1 } });
  expect(await ask("?named=false")).toMatchObject({ status: 200, body: { total: 0 } });
  expect(await ask("/recent?limit=1")).toMatchObject({
    status: 200,
    body: { calls: [{ phone_number: "+14155550101" }] },
  });
});

test.each([
  ["?page=zero", "page"],
  ["?limit=-1", "limit"],
  ["?limit=500", "limit"],
  ["/recent?limit=0", "limit"],
  ["?direction=sideways", "direction"],
  ["?from=soon", "from"],
  ["?from=0000-01-01", "from"],
  ["?to=2026-02-30", "to"],
  ["?search=%00", "search"],
  [`?orgId=${secondOrg}`, "orgId"],
  ["?serach=ada", "serach"],
  ["?status=failed", "status"],
  ["?Page=2", "Page"],
  ["?page=1&page=2", "page"],
  ["?named=yes", "named"],
  ["?direction=Inbound", "direction"],
  ["?from=2026-02-02&to=2026-02-01", "from"],
  ["/recent?page=2", "page"],
  ["/recent?search=ada", "search"],
  ["?%3Cscript%3E=1", "a parameter"],
])("%s is a bad request that names its field", async (path, field) => {
  expect(await ask(path)).toMatchObject({
    status: 400,
    body: { error: { code: "REQUEST_INVALID", message: expect.stringMatching(new RegExp(`^${field}:`)) } },
  });
});

test("a parameter of the host's own is left to it, and one that it shares a name with is still read", async () => {
  const { sql } = database;
  const { fetch } = createCallsDashboard({ sql, authorize, otherParameters: ["tenant", "page"] });
  const status = async (path: string): Promise<number> =>
    (await fetch(new Request(base + path, { headers: { "x-org": firstOrg } }))).status;
  expect(await status("?tenant=first&limit=5")).toBe(200);
  expect(await status("/recent?tenant=first&limit=5")).toBe(200);
  expect(await status("?page=zero")).toBe(400);
  expect(await status("?Tenant=first")).toBe(400);
});

test("nobody, another place and another method are told apart", async () => {
  expect(await ask("", {})).toMatchObject({ status: 401, body: { error: { code: "UNAUTHENTICATED" } } });
  expect(await ask("/other")).toMatchObject({ status: 404 });
  const post = await ask("", undefined, database.sql, "POST");
  expect(post.status).toBe(405);
  expect(post.headers.get("allow")).toBe("GET");
  const open = createCallsDashboard({ sql: database.sql });
  expect((await open.fetch(new Request(base))).status).toBe(401);
});

test("a database that is away is a 503 with a time to come again, a session that was ended too", async () => {
  const away = postgres("postgres://nobody@127.0.0.1:1/nothing", { connect_timeout: 2 });
  const answer = await ask("", undefined, away);
  expect(answer).toMatchObject({ status: 503, body: { error: { code: "DATABASE_UNAVAILABLE" } } });
  expect(answer.headers.get("retry-after")).toBe("5");
  await away.end({ timeout: 0 });

  const { sql, url } = database;
  const victim = postgres(url, { max: 1 });
  const [session] = await victim<{ pid: number }[]>`select pg_backend_pid() as pid`;
  await sql.begin(async (tx) => {
    await tx`lock table public.calls in access exclusive mode`;
    const answering = ask("", undefined, victim);
    await expect
      .poll(() => sql`select from pg_catalog.pg_locks where pid = ${session?.pid ?? 0} and not granted`)
      .toHaveLength(1);
    await sql`select pg_terminate_backend(${session?.pid ?? 0})`;
    expect((await answering).status).toBe(503);
  });
  await victim.end({ timeout: 0 });
});

test("whatever else goes wrong is a 500 that says nothing of the database, and the log has its code alone", async () => {
  logged.length = 0;
  await database.sql`alter view public.calls_with_caller_names rename to elsewhere`;
  expect(await ask("/recent")).toMatchObject({
    status: 500,
    body: { error: { code: "INTERNAL", message: "the request could not be answered" } },
  });
  await database.sql`alter view public.elsewhere rename to calls_with_caller_names`;
  expect(logged).toHaveLength(1);
  expect(await ask("", { "x-org": "not-a-uuid" })).toMatchObject({ status: 500 });
});

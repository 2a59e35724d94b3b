import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import postgres from "postgres";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { startEmbeddedServer, temporaryServerDirectory } from "../../src/db/embedded/embedded-server.ts";
import { packageRoot } from "../../src/model/package-root.ts";
import { type Clones, cloneable } from "../promises/clones.ts";
import type { TestDatabase } from "../support/database.ts";
import { firstOrg, makeHealthy } from "../verify/healthy-case.ts";
import { report } from "./messages.ts";
import { keepLog, post, storedCall, webhookOf } from "./webhook-case.ts";

let clones: Clones;
let database: TestDatabase;
let sql: postgres.Sql;
beforeAll(async () => {
  clones = await cloneable(await makeHealthy());
});
beforeEach(async () => {
  database = await clones.clone();
  sql = postgres(database.url, { max: 8, onnotice: () => {} });
});
afterEach(async () => {
  await sql.end({ timeout: 0 });
  await database.drop();
});
afterAll(() => clones?.drop());

async function send(id: string, through: postgres.Sql = sql) {
  const logger = keepLog();
  const answer = await webhookOf(through, { logger }).fetch(post(report({ id, number: "+14155550140" })));
  return {
    status: answer.status,
    retryAfter: answer.headers.get("retry-after"),
    body: await answer.json(),
    log: logger.lines,
  };
}

test("a read-only database is answered with 503 and Retry-After, and the same event is recorded later", async () => {
  const id = randomUUID();
  await sql.unsafe(`alter database ${database.name} set default_transaction_read_only = on`);
  const [refusing, open] = [postgres(database.url, { max: 1 }), sql];
  expect(await send(id, refusing)).toMatchObject({
    status: 503,
    retryAfter: "5",
    body: { error: { code: "DATABASE_UNAVAILABLE" } },
  });
  await refusing.end();
  expect(await storedCall(database, id)).toBeUndefined();
  expect(await send(id, open)).toMatchObject({ status: 200 });
});

test("an address where nobody listens is answered with 503", async () => {
  const nowhere = postgres("postgres://nobody@127.0.0.1:1/none", { max: 1, connect_timeout: 2 });
  expect(await send(randomUUID(), nowhere)).toMatchObject({ status: 503, log: [expect.stringContaining("away")] });
  await nowhere.end({ timeout: 0 });
});

test("sessions that the server ends cost nothing: the event is sent again on new ones", async () => {
  await send(randomUUID());
  await sql`select pg_sleep(0)`;
  await database.sql`
    select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() and application_name = 'postgres.js'`;
  const id = randomUUID();
  expect(await send(id)).toMatchObject({ status: 200 });
  expect(await storedCall(database, id)).toMatchObject({ call: { status: "ended" } });
});

test("a deadlock is resolved by trying again", async () => {
  const [first, second] = [randomUUID(), randomUUID()];
  await send(first);
  await send(second);
  // Somebody holds the call and wants the contact, which the event's statement improves first.
  await database.sql`update public.contacts set name = phone, lead_score = null where phone = '+14155550140'`;
  let answered: Promise<{ readonly status: number }> | undefined;
  await database.sql.begin(async (transaction) => {
    await transaction`set local deadlock_timeout = '10s'`;
    await transaction`select from public.calls where vapi_call_id = ${first} for update`;
    const named = report({
      id: first,
      number: "+14155550140",
      name: "Ada Lovelace",
      message: { endedAt: "2026-09-10T11:00:00Z" },
    });
    answered = webhookOf(sql).fetch(post(named));
    while (!(await transaction`select from pg_locks where not granted`).length);
    await transaction`update public.contacts set notes = 'theirs' where phone = '+14155550140'`;
  });
  expect((await answered)?.status).toBe(200);
  expect(await storedCall(database, first)).toMatchObject({
    call: { end_time: "2026-09-10T11:00:00+00:00" },
    contact: { name: "Ada Lovelace", notes: "theirs" },
  });
});

test("sessions that are serialisable by default record every one of many first calls", async () => {
  const strict = postgres(database.url, { max: 8, connection: { default_transaction_isolation: "serializable" } });
  const ids = Array.from({ length: 40 }, () => randomUUID());
  const webhook = webhookOf(strict);
  const answers = await Promise.all(ids.map((id) => webhook.fetch(post(report({ id, number: "+14155550141" })))));
  expect(answers.map(({ status }) => status)).toEqual(ids.map(() => 200));
  const [row] = await database.sql<{ linked: number }[]>`
    select count(contact_id)::integer as linked from public.calls where vapi_call_id in ${database.sql(ids)}`;
  expect(row?.linked).toBe(40);
  await strict.end();
});

test("a contact that is merged away between look-up and write is looked up again", async () => {
  await send(randomUUID());
  const [old] = await database.sql<{ id: string }[]>`select id from public.contacts where phone = '+14155550140'`;
  const id = randomUUID();
  let answered: Promise<{ readonly status: number }> | undefined;
  await database.sql.begin(async (transaction) => {
    await transaction`update public.calls set contact_id = null where contact_id = ${old?.id ?? ""}`;
    await transaction`delete from public.contacts where id = ${old?.id ?? ""}`;
    answered = send(id);
    while (!(await transaction`select from pg_locks where not granted`).length);
    await transaction`
      insert into public.contacts (org_id, name, phone) values (${firstOrg}, 'The Survivor', '+14155550140')`;
  });
  expect((await answered)?.status).toBe(200);
  expect(await storedCall(database, id)).toMatchObject({ contact: { name: "The Survivor" } });
});

test("tables that are not there are answered with 500, and the log names the reason without any value", async () => {
  await database.sql`alter table public.contacts rename to people`;
  const answer = await send(randomUUID());
  expect(answer).toMatchObject({ status: 500, body: { error: { code: "INTERNAL" } } });
  expect(answer.log).toEqual([
    expect.stringMatching(
      /^error An event could not be recorded .*"code":"INTERNAL".*"error":"PostgresError","sqlstate":"42P01"/,
    ),
  ]);
});

test("events during a crash of the server are answered with 503 and recorded when sent again", async () => {
  const directory = temporaryServerDirectory("ssot-webhook");
  // What was acknowledged reaches the disk's cache, as in production.
  const settings = { synchronous_commit: "on", full_page_writes: "on" };
  const server = await startEmbeddedServer({ directory, ephemeral: true, settings });
  const { host, port, user, password } = server;
  const pool = postgres({
    host,
    port,
    user,
    password,
    database: "postgres",
    max: 4,
    backoff: () => 0.05,
    onnotice: () => {},
  });
  await pool.file(join(packageRoot(), "fixtures", "base-schema.sql"));
  await pool`insert into public.organizations (id) values (${firstOrg})`;
  const webhook = webhookOf(pool);
  const statuses = new Set<number>();
  const sendUntilRecorded = async (id: string): Promise<void> => {
    for (;;) {
      const { status } = await webhook.fetch(post(report({ id, number: "+14155550142" })));
      statuses.add(status);
      if (status === 200) return;
      await sleep(100);
    }
  };
  const sent: Promise<void>[] = [];
  for (let n = 0; n < 200; n += 1) {
    sent.push(sendUntilRecorded(randomUUID()));
    if (n % 50 === 25) {
      const [row] = await pool<{ pid: number }[]>`select pg_backend_pid() as pid`.catch(() => []);
      // One killed process, and the server ends all sessions and recovers.
      if (row !== undefined) process.kill(row.pid, "SIGKILL");
    }
    await sleep(5);
  }
  await Promise.all(sent);
  // Where the second try finds the server back, there is no 503.
  expect([...statuses].filter((status) => status !== 200 && status !== 503)).toEqual([]);
  const [row] = await pool<{ linked: number; contacts: number }[]>`
    select (select count(contact_id)::integer from public.calls) as linked,
           (select count(*)::integer from public.contacts) as contacts`;
  expect(row).toEqual({ linked: 200, contacts: 1 });
  await pool.end({ timeout: 0 });
  await server.stop();
});

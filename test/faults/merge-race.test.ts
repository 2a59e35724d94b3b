import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { dirtyContactId, dirtyOrganizationId, loadDirtyCase } from "../../fixtures/dirty-case.ts";
import { migrate } from "../../src/core/migrate.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { migrateOptions } from "../support/run-options.ts";

// 402 is a duplicate of 401, and has a message.
const survivor = dirtyContactId(401);
const duplicate = dirtyContactId(402);
const patient = { lockTimeoutMs: 60_000 };
const gate = 4711;

let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase();
  await loadDirtyCase(database.sql);
});

afterEach(() => database.drop());

const insertMessage = (sql: TestDatabase["sql"], body: string) => sql`
  insert into public.messages (org_id, contact_id, body) values (${dirtyOrganizationId(1)}, ${duplicate}, ${body})`;

const contactOf = async (body: string): Promise<unknown> => {
  const [row] = await database.sql`select contact_id from public.messages where body = ${body}`;
  return row?.contact_id;
};

/** Waits until a session of the database waits for a lock, in a statement like this one. */
async function untilWaiting(statement: string): Promise<void> {
  for (;;) {
    const waiting = await database.sql`
      select from pg_catalog.pg_stat_activity
      where datname = ${database.name} and wait_event_type = 'Lock' and query like ${statement}`;
    if (waiting.length > 0) return;
    await sleep(10);
  }
}

test("a reference that arrives while its contact is being merged waits, and is refused rather than lost", async () => {
  const { sql, url } = database;
  await sql`
    create function public.hold() returns trigger language plpgsql as
    'begin perform pg_advisory_xact_lock_shared(${sql.unsafe(String(gate))}); return new; end'`;
  await sql`create trigger hold before update on public.messages for each row execute function public.hold()`;
  const holder = await sql.reserve();
  await holder`select pg_advisory_lock(${gate})`;
  const migrating = migrate(migrateOptions(url, patient));
  await untilWaiting("%merge_contacts%");
  const inserted = insertMessage(sql, "late").then(
    () => "inserted",
    (error: { readonly code?: string }) => error.code,
  );
  await untilWaiting("%insert into public.messages%");
  await holder`select pg_advisory_unlock(${gate})`;
  holder.release();
  await migrating;
  expect(await inserted).toBe("23503");
  expect(await contactOf("late")).toBeUndefined();
  expect(await sql`select 1 from public.contacts where id = ${duplicate}`).toHaveLength(0);
});

test("a reference in an open transaction is waited for, and goes to the survivor", async () => {
  const { sql, url } = database;
  const controller = new AbortController();
  const onStep = (_: string, step: string): void => void (step === "merge_contacts" && controller.abort());
  const stopped = migrate(migrateOptions(url, { progress: { onStep }, signal: controller.signal }));
  await expect(stopped).rejects.toMatchObject({ code: "INTERRUPTED" });
  const writer = await sql.reserve();
  await writer`begin`;
  await insertMessage(writer, "early");
  const migrating = migrate(migrateOptions(url, { ...patient, waitSeconds: 30 }));
  await untilWaiting("%merge_contacts%");
  await writer`commit`;
  writer.release();
  await migrating;
  expect(await contactOf("early")).toBe(survivor);
});

test("a reference to the survivor is written while its duplicate is being merged", async () => {
  const { sql, url } = database;
  const written: Promise<unknown>[] = [];
  const onStep = (_: string, step: string): void => {
    if (step !== "merge_contacts") return;
    for (let n = 0; n < 200; n += 1) {
      const contact = n % 2 === 0 ? survivor : duplicate;
      written.push(sql`
        insert into public.messages (org_id, contact_id, body) values (${dirtyOrganizationId(1)}, ${contact}, ${`storm ${n}`})`);
    }
  };
  const outcomes = async () =>
    (await Promise.allSettled(written)).filter(({ status }) => status === "fulfilled").length;
  await migrate(migrateOptions(url, { ...patient, progress: { onStep } }));
  const arrived = await outcomes();
  const [count] = await sql`
    select count(*)::int as n, count(*) filter (where contact_id = ${survivor})::int as kept
    from public.messages where body like 'storm %'`;
  expect(count).toEqual({ n: arrived, kept: arrived });
  expect(arrived).toBeGreaterThanOrEqual(100);
});

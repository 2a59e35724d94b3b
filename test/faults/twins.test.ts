import { setTimeout as sleep } from "node:timers/promises";
import type { Sql } from "postgres";
import { afterEach, beforeEach, expect, test } from "vitest";
import { generateData } from "../../fixtures/generate.ts";
import { migrate } from "../../src/core/migrate.ts";
import { rollback } from "../../src/core/rollback.ts";
import { normalisePhone } from "../../src/phone/normalise.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { migrateOptions, rollbackOptions } from "../support/run-options.ts";

interface LooseContact {
  readonly id: string;
  readonly org: string;
  readonly phone: string;
}

const gate = 4712;

let database: TestDatabase;

// As in production, a number is unique in its organisation, in each of its spellings.
beforeEach(async () => {
  database = await createTestDatabase();
  const { sql } = database;
  await generateData(sql, { calls: 50, contacts: 400, organizations: 2, dirt: true });
  await sql`alter table public.contacts add unique (org_id, phone)`;
  await sql`
    create function public.hold() returns trigger language plpgsql as
    'begin perform pg_advisory_xact_lock_shared(${sql.unsafe(String(gate))}); return new; end'`;
  await sql`create trigger hold before update of phone on public.contacts for each row execute function public.hold()`;
});

afterEach(() => database.drop());

const looseContacts = (): Promise<readonly LooseContact[]> => database.sql<LooseContact[]>`
  select id, org_id as org, phone from public.contacts where phone !~ '^[+][1-9]' or phone ~ ' ' order by id`;

/** Holds the run in the middle of a batch of numbers, and lets a contact arrive that has the number of one of them. */
async function makeTwin({ org, phone }: LooseContact, held: () => boolean): Promise<string> {
  const { sql } = database;
  const waiting = () => sql`
    select from pg_catalog.pg_stat_activity
    where datname = current_database() and application_name = 'ssot' and wait_event = 'advisory'`;
  while (held() && (await waiting()).length === 0) await sleep(5);
  const number = normalisePhone(phone, "US");
  const [twin] = await sql<{ id: string }[]>`
    insert into public.contacts (org_id, name, phone) values (${org}, 'A Twin', ${number}) returning id`;
  return twin?.id ?? "";
}

/** Waits for the gate behind the run, so that the run passes it once and no more before this session has it. */
async function queueBehind(session: Sql): Promise<{ readonly granted: Promise<unknown> }> {
  const [own] = await session<{ pid: number }[]>`select pg_backend_pid() as pid`;
  const granted = session`select pg_advisory_lock(${gate})`.execute();
  const queued = () => database.sql`
    select from pg_catalog.pg_locks where locktype = 'advisory' and not granted and pid = ${own?.pid ?? 0}`;
  while ((await queued()).length === 0) await sleep(5);
  return { granted };
}

test("contacts that arrive in each round with numbers of others, spelled well, do not stop the run", async () => {
  const { sql, url } = database;
  const loose = await looseContacts();
  const twins: string[] = [];
  let running = true;
  let [holder, next] = [await sql.reserve(), await sql.reserve()];
  await holder`select pg_advisory_lock(${gate})`;
  const migrating = migrate(migrateOptions(url)).finally(() => {
    running = false;
  });
  const ended = migrating.then(
    ({ applied }) => applied.map(({ effects }) => effects.contactsMerged ?? 0),
    (error: unknown) => error,
  );
  for (const contact of loose.slice(-4)) {
    twins.push(await makeTwin(contact, () => running));
    // The run goes on, meets the twin, takes its batch back, and finds us in front of it again.
    const { granted } = await queueBehind(next);
    await holder`select pg_advisory_unlock(${gate})`;
    await granted;
    [holder, next] = [next, holder];
  }
  await holder`select pg_advisory_unlock(${gate})`;
  holder.release();
  next.release();
  expect(await ended).toEqual([0, expect.any(Number), 0, 0]);
  expect(await looseContacts()).toEqual([]);
  const left = () => sql`select count(*)::integer as twins from public.contacts where id in ${sql(twins)}`;
  expect(await left()).toEqual([{ twins: 0 }]);
  await rollback(rollbackOptions(url));
  expect(await looseContacts()).toEqual(loose);
  expect(await left()).toEqual([{ twins: 4 }]);
});

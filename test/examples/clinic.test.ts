import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { loadSeedCase } from "../../fixtures/seed-case.ts";
import { migrate } from "../../src/core/migrate.ts";
import { packageRoot } from "../../src/model/package-root.ts";
import { type Mounted, mount } from "../library/mount.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { lotOf, seed } from "../support/draw.ts";
import { migrateOptions } from "../support/run-options.ts";
import { type Body, clinics, day } from "./events.ts";
import { handWritten } from "./hand-written.ts";
import { type Programs, writePrograms } from "./programs.ts";

const secret = "the secret of the clinic";
const orgIds = Object.values(clinics).map(({ id }) => id);
const inOrder = day.flat();

let database: TestDatabase;
let programs: Programs;
let pager: Server;
let paged: string[];
let expected: Tables;

beforeAll(async () => {
  programs = writePrograms();
  database = await createTestDatabase();
  const { sql, url } = database;
  await loadSeedCase(sql);
  await migrate(migrateOptions(url));
  await sql.unsafe(readFileSync(join(packageRoot(), "examples", "clinic", "schema.sql"), "utf8"));
  for (const [name, { id, line }] of Object.entries(clinics)) {
    await sql`
      insert into public.organizations (id, name, email, vapi_phone_number_id)
      values (${id}, ${name}, ${`${name}@example.com`}, ${line})`;
  }
  pager = createServer(async (request, response) => {
    paged.push(await text(request));
    response.end();
  }).listen(0, "127.0.0.1");
  await once(pager, "listening");
  for (const body of inOrder) await handWritten(sql, structuredClone(body));
  // The pager is the example's own.
  await sql`update clinic.alerts set told_at = now()`;
  expected = await tables();
});
afterAll(async () => {
  pager?.close();
  programs?.remove();
  await database?.drop();
});
beforeEach(async () => {
  paged = [];
  await clear();
});

const own = ["appointments", "alerts", "recording_jobs", "billing_entries"] as const;
type Tables = Readonly<Record<"calls" | "contacts" | (typeof own)[number], readonly string[]>>;

async function clear(): Promise<void> {
  const { sql } = database;
  for (const table of own) await sql`delete from ${sql(`clinic.${table}`)}`;
  await sql`delete from public.calls where org_id = any (${orgIds})`;
  await sql`delete from public.contacts where org_id = any (${orgIds})`;
}

/** All rows of the clinics, without ids and times of arrival: who and which call is said by number and the provider's id. */
async function tables(): Promise<Tables> {
  const { sql } = database;
  const of = async (table: string): Promise<readonly string[]> => {
    const rows = await sql<{ line: string }[]>`
      select ((to_jsonb(t) - array['call_id', 'contact_id', 'told_at'])
        || jsonb_build_object('call', c.vapi_call_id, 'contact', k.org_id || k.phone,
                              'told', to_jsonb(t) -> 'told_at' is distinct from 'null'))::text as line
      from ${sql(`clinic.${table}`)} as t
      left join public.calls as c on c.id = t.call_id and c.org_id = t.org_id
      left join public.contacts as k on k.id = (to_jsonb(t) ->> 'contact_id')::uuid and k.org_id = t.org_id
      order by 1`;
    return rows.map(({ line }) => line);
  };
  const [row] = await sql<{ calls: string[]; contacts: string[] }[]>`
    select array(select (to_jsonb(c) - array['id', 'contact_id', 'updated_at'] || jsonb_build_object('of', k.org_id || k.phone))::text
                 from public.calls as c left join public.contacts as k on k.id = c.contact_id
                 where c.org_id = any (${orgIds}) order by 1) as calls,
           array(select (to_jsonb(k) - array['id', 'created_at', 'updated_at'])::text
                 from public.contacts as k where k.org_id = any (${orgIds}) order by 1) as contacts`;
  return {
    calls: row?.calls ?? [],
    contacts: row?.contacts ?? [],
    appointments: await of("appointments"),
    alerts: await of("alerts"),
    recording_jobs: await of("recording_jobs"),
    billing_entries: await of("billing_entries"),
  };
}

function shuffled(name: string, bodies: readonly Body[]): readonly Body[] {
  const lots = bodies.map((body, n) => ({ body, lot: lotOf(`${name} ${n}`) }));
  return lots.sort((a, b) => a.lot - b.lot).map(({ body }) => body);
}

const headers = { "content-type": "application/json", "x-vapi-secret": secret };
const send = async (mounted: Mounted, body: unknown) => (await mounted.post(headers, JSON.stringify(body))).status;

/** What goes on after the answers has come to its end: nobody is left to be told. */
async function settled(): Promise<void> {
  const { sql } = database;
  for (let turn = 0; turn < 200; turn += 1) {
    const [row] = await sql<{ left: number }[]>`select count(*)::int as left from clinic.alerts where told_at is null`;
    if (row?.left === 0) return;
    await sleep(50);
  }
}

test("the hand-written handler fills every table", () => {
  const rows = Object.entries(expected).map(([name, lines]) => [name, lines.length]);
  expect(Object.fromEntries(rows)).toEqual({
    calls: 10,
    contacts: 6,
    appointments: 4,
    alerts: 5,
    recording_jobs: 9,
    billing_entries: 9,
  });
});

describe.each(["clinic/express.ts", "clinic/hono.ts", "clinic/supabase/index.ts"])("%s", (name) => {
  // A process of its own each time: one that has taken an event before knows it again.
  let mounted: Mounted;
  beforeEach(async () => {
    const address = pager.address();
    mounted = await mount(programs.folder, name, {
      DATABASE_URL: database.url,
      SUPABASE_DB_URL: database.url,
      VAPI_SECRET: secret,
      PAGER_URL: `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/`,
    });
  });
  afterEach(async () => {
    const printed = await mounted?.stop();
    expect(printed).not.toMatch(/2025550|Ada|summary/);
    // What goes on after the answer is the runtime's to wait for, in the function alone.
    const handsOver = name.startsWith("clinic/supabase") && printed?.includes("Contact auto-created");
    expect(printed?.includes("handed over: true")).toBe(handsOver);
  });

  test.each([
    ["in order", () => inOrder],
    ["shuffled", () => shuffled("once", inOrder)],
    ["each three times", () => inOrder.flatMap((body) => [body, body, body])],
    ["three times, shuffled", () => shuffled("thrice", [...inOrder, ...inOrder, ...inOrder])],
  ])("events that come %s leave the rows that a hand-written handler leaves", async (_, order) => {
    for (const body of order()) expect({ seed, status: await send(mounted, body) }).toEqual({ seed, status: 200 });
    await settled();
    expect({ seed, ...(await tables()) }).toEqual({ seed, ...expected });
    // Each call's alerts were told once, after they were kept.
    const { sql } = database;
    const alerted = await sql<{ call_id: string }[]>`select distinct call_id from clinic.alerts order by 1`;
    expect(paged.map((body) => JSON.parse(body).callId).sort()).toEqual(alerted.map(({ call_id }) => call_id));
  });

  test("where a hook fails neither its rows nor the call are there; the event that comes again writes both", async () => {
    const { sql } = database;
    await sql.unsafe(`
      create function clinic.refuse() returns trigger language plpgsql as $$ begin raise exception 'the bill is closed'; end $$;
      create trigger closed before insert on clinic.billing_entries for each row execute function clinic.refuse()`);
    const booking = day[0]?.at(-1);
    try {
      expect(await send(mounted, booking)).toBe(500);
      expect(await tables()).toEqual({
        ...{ calls: [], contacts: [], appointments: [], alerts: [], recording_jobs: [], billing_entries: [] },
      });
    } finally {
      await sql.unsafe("drop trigger closed on clinic.billing_entries; drop function clinic.refuse");
    }
    expect(await send(mounted, booking)).toBe(200);
    const { calls, appointments, billing_entries: bills } = await tables();
    expect([calls.length, appointments.length, bills.length]).toEqual([1, 1, 1]);
    expect(expected.appointments).toEqual(expect.arrayContaining([...appointments]));
  });

  test("a stranger writes nothing", async () => {
    const answer = await mounted.post({ ...headers, "x-vapi-secret": "another" }, JSON.stringify(inOrder[0]));
    expect(answer.status).toBe(401);
    expect((await tables()).calls).toEqual([]);
  });
});

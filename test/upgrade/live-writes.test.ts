import postgres, { type Sql } from "postgres";
import { expect, test } from "vitest";
import { migrate } from "../../src/core/migrate.ts";
import { rollback } from "../../src/core/rollback.ts";
import type { TestDatabase } from "../support/database.ts";
import { migrateOptions, rollbackOptions } from "../support/run-options.ts";
import { blockersIn, openStates } from "./opened.ts";

const open = openStates();

const org = "a0000000-0000-4000-8000-000000000001";
const call = "d0000000-0000-4000-8000-000000001001";
// Those up to here are written: a delete of their contacts could meet two writes of one transaction in a deadlock of theirs.
const above = "d0000000-0000-4000-8000-000000001010";

/** One kind of write of an application; each deprecated value is told once it is committed. */
type Write = (sql: Sql, n: number) => Promise<readonly string[]>;

const writes: Readonly<Record<string, Write>> = {
  async updateByName(sql, n) {
    await sql`update public.calls set caller_name = ${`update ${n}`} where id = ${call}`;
    return [`update ${n}`];
  },
  async insertCall(sql, n) {
    await sql`
      insert into public.calls (org_id, call_direction, vapi_call_id, call_type, status, from_number)
      values (${org}, 'inbound', ${`live-${n}`}, 'inbound', 'completed', ${`insert ${n}`})`;
    return [`insert ${n}`];
  },
  // Two in one transaction: the second may wait for nobody.
  async twice(sql, n) {
    await sql.begin(async (tx) => {
      await tx`update public.calls set from_number = ${`first ${n}`} where id = ${call.replace(/1$/, "3")}`;
      await tx`update public.calls set caller_name = ${`second ${n}`} where id = ${call.replace(/1$/, "3")}`;
    });
    return [`first ${n}`, `second ${n}`];
  },
  async addAndDelete(sql, n) {
    const [made] = await sql<{ id: string }[]>`
      insert into public.contacts (org_id, phone, name) values (${org}, ${`+1415555${1000 + n}`}, 'Live') returning id`;
    await sql`delete from public.contacts where id = ${made?.id ?? ""}`;
    return [];
  },
  // Of those that the migration had linked, merged into, or normalised.
  async deleteOld(sql, n) {
    if (n % 4 === 0)
      await sql`
        delete from public.contacts where id = (
          select max(k.id::text)::uuid from public.contacts as k
          where k.name <> 'Live' and k.id not in (
            select contact_id from public.contact_events union select contact_id from public.contact_tags
            union select contact_id from public.follow_ups
            union select contact_id from public.calls where contact_id is not null and id <= ${above}))`;
    await sql`delete from public.calls where id = (select max(id::text)::uuid from public.calls where vapi_call_id ^@ 'call-' and id > ${above})`;
    return [];
  },
};

interface Traffic {
  /** Ends when each writer has written once more. */
  round(): Promise<void>;
  stop(): Promise<{ readonly written: readonly string[]; readonly failed: readonly string[] }>;
}

/** Every kind of write, each in a session of its own, one after the other without a pause. */
function startTraffic({ url }: TestDatabase): Traffic {
  let stopped = false;
  const written: string[] = [];
  const failed: string[] = [];
  const rounds = new Map<string, number>();
  const writers = Object.entries(writes).map(async ([kind, write]) => {
    const sql = postgres(url, { max: 1, onnotice: () => {} });
    for (let n = 0; !stopped; n += 1) {
      await write(sql, n).then(
        (values) => written.push(...values),
        (error: unknown) => failed.push(`${kind}: ${String(error)}`),
      );
      rounds.set(kind, n);
    }
    await sql.end();
  });
  return {
    async round() {
      const before = new Map(rounds);
      const isBehind = (kind: string) => (rounds.get(kind) ?? -1) <= (before.get(kind) ?? -1);
      while (Object.keys(writes).some(isBehind)) await new Promise((resolve) => setTimeout(resolve, 5));
    },
    async stop() {
      stopped = true;
      await Promise.all(writers);
      return { written, failed };
    },
  };
}

test("no write fails while the engine is upgraded, and no deprecated one goes unseen", async () => {
  const database = await open("migration-4");
  const { sql, url } = database;
  const traffic = startTraffic(database);
  await traffic.round();
  await migrate(migrateOptions(url, { lockTries: 30 }));
  await traffic.round();
  const { written, failed } = await traffic.stop();
  expect(failed).toEqual([]);
  const unseen = await sql`
    select value from unnest(${written}::text[]) as value
    where not exists (select from public.deprecated_column_audit as a where a.new_value = value)`;
  // A row of a deleted call is blanked: its trace is left.
  expect(unseen.map(({ value }) => value)).toEqual([]);
  const [traces] = await sql`
    select count(*)::integer as n from ssot.deprecated_write where written_at > now() - interval '1 hour'`;
  expect(traces?.n).toBeGreaterThanOrEqual(written.length);
  expect(await sql`select kind, name, problem from ssot.witness_problems()`).toEqual([]);
  expect(await blockersIn(sql)).toEqual([
    expect.stringContaining("calls.caller_name was written in the last month"),
    expect.stringContaining("calls.from_number was written in the last month"),
  ]);
  const [kept] = await sql`
    select count(*)::integer as n from ssot.journal as j
    where j.task in ('calls.contact_id', 'calls.phone_number') and not exists (select from public.calls as c where c.id = j.id)
       or j.task in ('contacts.phone', 'contacts.name') and not exists (select from public.contacts as k where k.id = j.id)`;
  expect(kept?.n).toBe(0);
  await rollback(rollbackOptions(url));
});

test("a transaction that began before the upgrade, and writes after it, leaves its trace", async () => {
  const database = await open("migration-4");
  const { sql, url } = database;
  const writer = postgres(url, { max: 1, onnotice: () => {} });
  try {
    await writer.begin("isolation level repeatable read", async (tx) => {
      await tx`select count(*) from public.organizations`;
      await migrate(migrateOptions(url));
      await tx`update public.calls set caller_name = 'late' where id = ${call}`;
    });
  } finally {
    await writer.end();
  }
  const [trace] = await sql`select relation, column_name from ssot.deprecated_write order by written_at desc limit 1`;
  expect(trace).toEqual({ relation: "public.calls", column_name: "caller_name" });
  expect(await blockersIn(sql)).toEqual([expect.stringContaining("calls.caller_name was written in the last month")]);
});

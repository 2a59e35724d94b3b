import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { migrate } from "../../src/core/migrate.ts";
import { exitCodeOfReport, verify } from "../../src/core/verify.ts";
import { readGate } from "../../src/db/queries/gate.ts";
import { type Clones, cloneable } from "../promises/clones.ts";
import { expectRefusal } from "../promises/drop-case.ts";
import type { TestDatabase } from "../support/database.ts";
import { partitionCalls, partitionCount } from "../support/partitioned-calls.ts";
import { migrateOptions } from "../support/run-options.ts";
import { makeHealthy, statusesOf, verifyOptions } from "../verify/healthy-case.ts";

let healthy: Clones;
let database: TestDatabase;

beforeAll(async () => {
  healthy = await cloneable(await makeHealthy(partitionCalls));
});
afterAll(() => healthy?.drop());
beforeEach(async () => {
  database = await healthy.clone();
});
afterEach(() => database.drop());

/** One call in each partition, of organisations of their own: their ids, by partition. */
async function fillPartitions(): Promise<ReadonlyMap<string, string>> {
  const { sql } = database;
  const calls = new Map<string, string>();
  for (let n = 0; calls.size < partitionCount; n += 1) {
    const [call] = await sql<{ id: string; part: string }[]>`
      with organisation as (insert into public.organizations (name) values (${`Organisation ${n}`}) returning id)
      insert into public.calls (org_id, vapi_call_id, call_direction) select id, 'one', 'inbound' from organisation
      returning id, tableoid::regclass::text as part`;
    if (call !== undefined) calls.set(call.part, call.id);
  }
  return calls;
}

const auditOf = (ids: readonly string[]) => database.sql<{ id: string; column: string; seen: string }[]>`
  select call_id as id, column_name as column, seen from public.deprecated_column_audit
  where call_id = any (${[...ids]}::uuid[]) order by call_id, column_name, seen`;

test("every check of verify ends on a partitioned table as it does on a plain one", async () => {
  const report = await verify(await verifyOptions(database.url));
  const plain = await makeHealthy();
  try {
    expect([...statusesOf(report)]).toEqual([...statusesOf(await verify(await verifyOptions(plain.url)))]);
  } finally {
    await plain.drop();
  }
  expect(exitCodeOfReport(report, "fail")).toBe(0);
});

test("deprecated writes are audited in every partition, also where a statement names the partition", async () => {
  const { sql } = database;
  const calls = await fillPartitions();
  for (const [part, id] of calls) {
    await sql`update public.calls set caller_name = 'New' where id = ${id}`;
    await sql`update ${sql(part)} set from_number = '1' where id = ${id}`;
  }
  const rows = await auditOf([...calls.values()]);
  expect(rows.map(({ id, column, seen }) => `${id} ${column} ${seen}`).toSorted()).toEqual(
    [...calls.values()].flatMap((id) => [`${id} caller_name by name`, `${id} from_number by name`]).toSorted(),
  );
  expect((await readGate(sql)).map(({ code }) => code)).toContain("writer");
});

test("calls that are deleted leave their audit rows without the call and what was said in it", async () => {
  const { sql } = database;
  const ids = [...(await fillPartitions()).values()];
  // One statement, one detected_at: each row is blanked for all of them.
  await sql`update public.calls set caller_name = 'Wilhelmina' where id = any (${ids}::uuid[])`;
  expect(await auditOf(ids)).toHaveLength(partitionCount);
  await sql`delete from public.organizations where id in (select org_id from public.calls where id = ${ids[0] ?? ""})`;
  expect(await auditOf(ids)).toHaveLength(partitionCount - 1);
  await sql`delete from public.calls where id = any (${ids}::uuid[])`;
  expect(await auditOf(ids)).toEqual([]);
  expect(await sql`select from ssot.erasure_due`).toHaveLength(0);
  const [told] = await sql`
    select count(*)::integer as n from public.deprecated_column_audit as a where strpos(to_jsonb(a)::text, 'Wilhelmina') > 0`;
  expect(told?.n).toBe(0);
  expect((await sql`select from ssot.deprecated_write where column_name = 'caller_name'`).length).toBeGreaterThan(0);
});

test("a witness that sleeps in one partition only keeps the gate shut, and verify names it", async () => {
  const { sql, url } = database;
  await sql`alter table public.calls_p2 disable trigger warn_deprecated_writes_value`;
  expect(await expectRefusal(database, "GATE")).toContain(
    "trigger warn_deprecated_writes_value on public.calls_p2 is disabled",
  );
  expect(statusesOf(await verify(await verifyOptions(url))).get("schema.witness")).toBe("fail");
  await sql`alter table public.calls_p2 enable always trigger warn_deprecated_writes_value`;
  expect(await expectRefusal(database, "GATE")).toContain("or was changed since");
});

test("a partition that is added is witnessed too, and does not shut the gate", async () => {
  const { sql, url } = database;
  await sql.unsafe(`
    alter table public.calls detach partition public.calls_p3;
    create table public.calls_wide partition of public.calls for values with (modulus 8, remainder 3);
    create table public.calls_more partition of public.calls for values with (modulus 8, remainder 7)`);
  const [woken] = await sql`
    select count(*)::integer as n from pg_catalog.pg_trigger as t
    where t.tgrelid = 'public.calls_more'::regclass and t.tgname like 'warn%' and t.tgenabled = 'A'`;
  expect(woken?.n).toBe(6);
  // Only the six of the table that is no partition any more are missed.
  const reasons = (await readGate(sql)).map(({ message }) => message);
  expect(reasons).toHaveLength(6);
  expect(reasons.every((reason) => reason.includes("on public.calls_p3 is missing"))).toBe(true);
  await migrate(migrateOptions(url, { phase3: true, force: { reason: "a partition was taken out" } }));
});

test("what reads the column from one partition keeps the gate shut, by its name", async () => {
  await database.sql`create view public.names_of_one as select id, caller_name from public.calls_p1`;
  await database.sql`create index one_more on public.calls_p1 (caller_name, created_at)`;
  const message = await expectRefusal(database, "GATE", { reason: "it will not help" });
  expect(message).toContain("view public.names_of_one depends on column caller_name of table public.calls_p1");
  expect(message).toContain("index public.one_more");
});

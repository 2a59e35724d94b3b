import { afterEach, beforeEach, expect, test } from "vitest";
import { aCall, addCalls, readAudit, readTraces, warningOf } from "./audit-case.ts";
import { type MigratedCase, migrateDirtyCase, openSession, type Session, undone, withRole } from "./migrated-case.ts";

let database: MigratedCase;
let session: Session;

beforeEach(async () => {
  database = await migrateDirtyCase();
  session = openSession(database.url);
});

afterEach(async () => {
  await session.sql.end();
  await database.drop();
});

const write = `update public.calls set caller_name = 'Written' where id = '${aCall}'`;

async function writtenName(): Promise<unknown> {
  const [row] = await database.sql`select caller_name from public.calls where id = ${aCall}`;
  return row?.caller_name;
}

test("an update of 3000 rows leaves 1000 audit rows, one summary, one trace and one warning", async () => {
  await addCalls(database.sql, 3000);
  await session.sql`update public.calls set caller_name = 'Mass' where vapi_call_id like 'many-%'`;
  const audit = await readAudit(database.sql);
  expect(audit).toHaveLength(1001);
  expect(audit.filter(({ seen }) => seen === "summary")).toMatchObject([{ column: "caller_name", call: null }]);
  expect(await readTraces(database.sql)).toEqual(["caller_name"]);
  expect(session.warnings).toEqual([warningOf("caller_name")]);
});

test("after a mass update, a first write of the other column is still warned of and traced", async () => {
  await addCalls(database.sql, 1500);
  await session.sql.begin(async (tx) => {
    await tx`update public.calls set caller_name = 'Mass' where vapi_call_id like 'many-%'`;
    await tx`update public.calls set from_number = '+16505550002' where vapi_call_id like 'many-%'`;
  });
  expect(await readAudit(database.sql)).toHaveLength(1001);
  expect(await readTraces(database.sql)).toEqual(["caller_name", "from_number"]);
  expect(session.warnings).toEqual([warningOf("caller_name"), warningOf("from_number")]);
});

test("a mass update of both columns leaves as many rows as one of one column", async () => {
  await addCalls(database.sql, 1500);
  await session.sql`update public.calls set caller_name = 'Mass', from_number = '1' where vapi_call_id like 'many-%'`;
  expect(await readAudit(database.sql)).toHaveLength(1001);
  expect(await readTraces(database.sql)).toEqual(["caller_name", "from_number"]);
});

test("the next transaction is audited anew", async () => {
  await addCalls(database.sql, 1200);
  await session.sql`update public.calls set caller_name = 'Mass' where vapi_call_id like 'many-%'`;
  await session.sql.unsafe(write);
  expect(await readAudit(database.sql)).toHaveLength(1002);
  expect(session.warnings).toHaveLength(2);
});

test("while another session has the audit locked, a write succeeds, is warned of and traced", async () => {
  await database.sql.begin(async (locker) => {
    await locker`lock table public.deprecated_column_audit in access exclusive mode`;
    await session.sql.begin(async (tx) => {
      await tx.unsafe(write);
      await tx.unsafe("update public.calls set caller_name = 'Again', from_number = '2'");
    });
  });
  expect(await writtenName()).toBe("Again");
  expect(await readAudit(database.sql)).toEqual([]);
  expect(await readTraces(database.sql)).toEqual(["caller_name", "from_number"]);
  expect(session.warnings).toEqual([warningOf("caller_name"), warningOf("from_number")]);
});

test.each([
  ["the audit is dropped", "drop table public.deprecated_column_audit", ["caller_name", "from_number"]],
  [
    "its insert fails",
    "alter table public.deprecated_column_audit add constraint never check (false) not valid",
    ["caller_name", "from_number"],
  ],
  ["the traces are dropped", "drop table ssot.deprecated_write", null],
  ["schema ssot is dropped", "drop schema ssot cascade", null],
])("when %s, a write succeeds", async (_, damage, traces) => {
  await database.sql.unsafe(damage);
  await session.sql.unsafe(write);
  await session.sql.unsafe(`
    insert into public.calls (org_id, vapi_call_id, call_direction, caller_name, from_number)
    select org_id, 'after', 'inbound', 'A', null from public.calls where id = '${aCall}'`);
  expect(await writtenName()).toBe("Written");
  if (traces !== null) expect([...new Set(await readTraces(database.sql))]).toEqual(traces);
});

test("a role without any right on the audit or schema ssot writes as before, and is named in the audit", async () => {
  const { sql } = database;
  await withRole(sql, "", async (writer) => {
    await sql.unsafe(`grant select, update on public.calls to ${writer}`);
    const rows = await undone(session.sql, async (tx) => {
      await tx.unsafe(`set local role ${writer}`);
      await tx.unsafe(write);
      await tx.unsafe("reset role");
      return tx`select role_name, new_value from public.deprecated_column_audit`;
    });
    expect(rows).toEqual([{ role_name: writer, new_value: "Written" }]);
  });
});

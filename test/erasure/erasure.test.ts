import postgres from "postgres";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { dirtyOrganizationId, loadDirtyCase } from "../../fixtures/dirty-case.ts";
import { migrate } from "../../src/core/migrate.ts";
import { rollback } from "../../src/core/rollback.ts";
import { type Clones, cloneable } from "../promises/clones.ts";
import { withRole } from "../promises/migrated-case.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { migrateOptions, rollbackOptions } from "../support/run-options.ts";
import { snapshotDatabase } from "../support/snapshot.ts";
import { countRows, tablesThatTell } from "./kept-values.ts";
import { deletePerson, loadPerson, person } from "./person-case.ts";

let originals: Clones;
let clones: Clones;
let database: TestDatabase;

beforeAll(async () => {
  const source = await createTestDatabase();
  await loadDirtyCase(source.sql);
  await loadPerson(source.sql);
  originals = await cloneable(source);
  const migrated = await originals.clone();
  await migrate(migrateOptions(migrated.url));
  clones = await cloneable(migrated);
});

afterAll(async () => {
  await clones.drop();
  await originals.drop();
});

beforeEach(async () => {
  database = await clones.clone();
});

afterEach(() => database.drop());

/** What a complete rollback has to leave: the original, less the person. */
async function originalWithoutPerson(): Promise<string> {
  const original = await originals.clone();
  try {
    await original.sql`delete from public.messages where contact_id = ${person.duplicate}`;
    await deletePerson(original.sql);
    return await snapshotDatabase(original.sql);
  } finally {
    await original.drop();
  }
}

const dropColumns = async (): Promise<void> => {
  await database.sql`update ssot.ledger set run_on = run_on - interval '32 days'`;
  await migrate(migrateOptions(database.url, { phase3: true }));
};

test("before the delete a person stands in many tables of the tool, so that this file looks in the right places", async () => {
  const { sql } = database;
  await sql`update public.calls set caller_name = 'Wilhelmina Quarles' where id = ${person.calls[0] ?? ""}`;
  expect(await tablesThatTell(sql, person.tells)).toEqual(
    [
      "ssot.journal_of_call_numbers",
      "ssot.journal_of_contact_numbers",
      "ssot.journal_of_merges",
      "ssot.merge_plan",
      "ssot.phone_map",
      "deprecated_column_audit",
    ].toSorted(),
  );
});

test("a deleted person is nowhere in the tool's tables, and a rollback restores everything else", async () => {
  const { sql, url } = database;
  await sql`update public.calls set caller_name = 'Wilhelmina Quarles' where id = any (${person.calls}::uuid[])`;
  await deletePerson(sql);
  expect(await tablesThatTell(sql, [...person.tells, ...person.calls, person.contact, person.duplicate])).toEqual([]);
  expect(await countRows(sql, "public.deprecated_column_audit")).toBe(3);
  const { rolledBack } = await rollback(rollbackOptions(url));
  expect(rolledBack.filter(({ kept }) => Object.keys(kept).length > 0)).toEqual([]);
  expect(await snapshotDatabase(sql)).toBe(await originalWithoutPerson());
});

test("after the drop a deleted person is not in the archive either, and the columns come back without", async () => {
  const { sql, url } = database;
  await dropColumns();
  expect(await tablesThatTell(sql, person.tells)).toContain("ssot.dropped_call_columns");
  await deletePerson(sql);
  expect(await tablesThatTell(sql, [...person.tells, ...person.calls, person.contact, person.duplicate])).toEqual([]);
  await rollback(rollbackOptions(url));
  const withoutPerson = await originalWithoutPerson();
  const lines = (text: string): string =>
    text
      .split("\n")
      .filter((line) => !line.startsWith("view "))
      .join("\n");
  expect(lines(await snapshotDatabase(sql))).toBe(lines(withoutPerson));
});

test("a person who is deleted while the archive is filled leaves nothing in it, nor after it", async () => {
  const { sql, url } = database;
  await sql`update ssot.ledger set run_on = run_on - interval '32 days'`;
  const controller = new AbortController();
  const onStep = (_: string, step: string): void => void (step === "swap" && controller.abort());
  const interrupted = migrate(migrateOptions(url, { phase3: true, progress: { onStep }, signal: controller.signal }));
  await expect(interrupted).rejects.toMatchObject({ code: "INTERRUPTED" });
  expect(await tablesThatTell(sql, person.tells)).toContain("ssot.dropped_call_columns");
  await deletePerson(sql);
  expect(await tablesThatTell(sql, person.tells)).toEqual([]);
  await migrate(migrateOptions(url, { phase3: true }));
  expect(await tablesThatTell(sql, [...person.tells, ...person.calls])).toEqual([]);
});

test("deleting the survivor alone takes the images of its duplicates along, and nobody comes back", async () => {
  const { sql, url } = database;
  await sql`delete from public.messages`;
  await sql`delete from public.contacts where id = ${person.contact}`;
  expect(await tablesThatTell(sql, ["Wilhelmina", "wilhelmina@example.com", person.duplicate])).toEqual([]);
  await rollback(rollbackOptions(url));
  expect(await sql`select id from public.contacts where id in (${person.contact}, ${person.duplicate})`).toEqual([]);
});

test("deleting everything empties every journal, one statement a table", async () => {
  const { sql } = database;
  await sql`update public.calls set caller_name = 'x'`;
  await sql.unsafe(`
    delete from public.contact_tags; delete from public.contact_imports; delete from public.contact_events;
    delete from public.follow_ups; delete from public.messages; delete from public.calls; delete from public.contacts`);
  for (const table of ["journal", "merge_plan", "erasure_due"]) {
    expect([table, await countRows(sql, `ssot.${table}`)]).toEqual([table, 0]);
  }
});

test("a statement that wrote several calls is blanked for all of them when one is deleted", async () => {
  const { sql } = database;
  const [organization] = await sql<{ id: string }[]>`select org_id as id from public.calls limit 1`;
  await sql.unsafe(`
    insert into public.calls (id, org_id, vapi_call_id, call_direction, caller_name)
    values ('${person.calls[0]?.replace("f", "e")}', '${organization?.id}', 'many-1', 'inbound', 'Anneliese Farnsworth'),
           ('${person.calls[1]?.replace("f", "e")}', '${organization?.id}', 'many-2', 'inbound', 'Somebody Else')`);
  expect(await countRows(sql, "public.deprecated_column_audit where statement like '%Farnsworth%'")).toBe(2);
  await sql`delete from public.calls where vapi_call_id = 'many-1'`;
  expect(await tablesThatTell(sql, ["Farnsworth"])).toEqual([]);
  expect(await countRows(sql, "public.deprecated_column_audit where new_value = 'Somebody Else'")).toBe(1);
});

test("a statement that is recognised by its text alone is kept without its values", async () => {
  const { sql } = database;
  const [organization] = await sql<{ id: string }[]>`select org_id as id from public.calls limit 1`;
  await sql.unsafe(`
    insert into public.calls (org_id, vapi_call_id, call_direction, phone_number, caller_name)
    values ('${organization?.id}', 'text-1', 'inbound', '+16285550177', null)`);
  const rows = await sql`select statement from public.deprecated_column_audit where seen = 'by text'`;
  expect(rows).toEqual([{ statement: expect.stringMatching(/^insert into public\.calls \(org_id, .*caller_name\)$/) }]);
});

test("a role with no right on schema ssot deletes its calls, and that erases as well", async () => {
  const { sql } = database;
  await withRole(sql, "", async (role) => {
    await sql.unsafe(`grant select, delete on public.calls to ${role}`);
    await sql.begin(async (tx) => {
      await tx.unsafe(`set local role ${role}`);
      await tx`delete from public.calls where id = any (${person.calls}::uuid[])`;
    });
    expect(await tablesThatTell(sql, person.calls)).toEqual([]);
  });
});

test("a session in replica role erases as well", async () => {
  const { sql } = database;
  await sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`;
    await tx`delete from public.calls where id = any (${person.calls}::uuid[])`;
  });
  expect(await tablesThatTell(sql, [...person.calls])).toEqual([]);
});

test("a rolled-back delete keeps the journals, and what a rollback restores", async () => {
  const { sql, url } = database;
  await expect(
    sql.begin(async (tx) => {
      await deletePerson(tx);
      throw new Error("taken back");
    }),
  ).rejects.toThrow("taken back");
  await rollback(rollbackOptions(url));
  const original = await originals.clone();
  expect(await snapshotDatabase(sql)).toBe(await snapshotDatabase(original.sql));
  await original.drop();
});

test("another organisation's contact with the id of one that was merged away takes nothing of it along", async () => {
  const { sql, url } = database;
  const original = await originals.clone();
  const before = await snapshotDatabase(original.sql);
  await original.drop();
  const org = dirtyOrganizationId(2);
  await sql`insert into public.contacts (id, org_id, name, phone) values (${person.duplicate}, ${org}, 'Mallory', '+16285550199')`;
  await sql`delete from public.contacts where id = ${person.duplicate}`;
  const { rolledBack } = await rollback(rollbackOptions(url));
  expect(rolledBack.filter(({ gone }) => gone !== undefined)).toEqual([]);
  expect(await snapshotDatabase(sql)).toBe(before);
});

test("noted while somebody held the journal, such a delete takes nothing along later either", async () => {
  const { sql, url } = database;
  const holder = postgres(url, { max: 1, onnotice: () => {} });
  const org = dirtyOrganizationId(2);
  await sql`insert into public.contacts (id, org_id, name, phone) values (${person.duplicate}, ${org}, 'Mallory', '+16285550199')`;
  await holder.begin(async (transaction) => {
    await transaction`lock table ssot.journal in access exclusive mode`;
    await sql`delete from public.contacts where id = ${person.duplicate}`;
  });
  await holder.end();
  expect(await sql`select count(*)::integer as n from ssot.erasure_due`).toEqual([{ n: 1 }]);
  const { rolledBack } = await rollback(rollbackOptions(url));
  expect(rolledBack.filter(({ gone }) => gone !== undefined)).toEqual([]);
  expect(await sql`select name from public.contacts where id = ${person.duplicate}`).toEqual([
    { name: "Wilhelmina Quarles" },
  ]);
});

test("a rollback says of how many changed rows nothing is kept any more", async () => {
  const { sql, url } = database;
  await deletePerson(sql);
  const { rolledBack } = await rollback(rollbackOptions(url));
  const gone = Object.assign({}, ...rolledBack.map((migration) => migration.gone ?? {}));
  expect(gone).toEqual({ callsLinked: 3, contactsMerged: 1, phonesNormalised: expect.any(Number) });
});

import { afterEach, beforeEach, expect, test } from "vitest";
import { aCall, readAudit, readTraces } from "./audit-case.ts";
import { type MigratedCase, migrateDirtyCase, outcomeOf, withRole } from "./migrated-case.ts";

let database: MigratedCase;

beforeEach(async () => {
  database = await migrateDirtyCase();
});

afterEach(() => database.drop());

test("deleting a call keeps its audit row, without the call, the values and the statement", async () => {
  const { sql } = database;
  await sql`update public.calls set caller_name = 'Secret' where id = ${aCall}`;
  await sql`delete from public.calls where id = ${aCall}`;
  const rows = await sql`
    select column_name, call_id, old_value, new_value, statement, operation, org_id is not null as organization
    from public.deprecated_column_audit`;
  expect(rows).toEqual([
    {
      column_name: "caller_name",
      call_id: null,
      old_value: null,
      new_value: null,
      statement: null,
      operation: "UPDATE",
      organization: true,
    },
  ]);
});

test("deleting an organisation deletes its calls, and is not held up by the audit", async () => {
  const { sql } = database;
  await sql`update public.calls set caller_name = 'Secret'`;
  await sql`update public.follow_ups set contact_id = null`;
  await sql`delete from public.contact_events`;
  await sql`delete from public.contact_tags`;
  await sql`delete from public.organizations`;
  expect((await readAudit(sql)).filter((row) => row.call !== null || row.new !== null)).toEqual([]);
});

test("rows are kept 30 days and one calendar month, whichever is longer, and pruned by the next audited write", async () => {
  const { sql } = database;
  const keep = "least(now() - interval '30 days', now() - interval '1 month')";
  await sql.unsafe(`
    insert into public.deprecated_column_audit (table_name, column_name, operation, seen, role_name, detected_at)
    values ('calls', 'caller_name', 'UPDATE', 'by name', 'kept', ${keep} + interval '1 minute'),
           ('calls', 'caller_name', 'UPDATE', 'by name', 'old', ${keep} - interval '1 minute'),
           ('calls', 'from_number', 'UPDATE', 'by name', 'older', now() - interval '1 year')`);
  await sql`update public.calls set caller_name = caller_name where id = ${aCall}`;
  const rows = await sql`select role_name from public.deprecated_column_audit where role_name ~ 'kept|old' order by 1`;
  expect(rows).toEqual([{ role_name: "kept" }]);
});

test("one write prunes a bounded number of rows", async () => {
  const { sql } = database;
  await sql`
    insert into public.deprecated_column_audit (table_name, column_name, operation, seen, role_name, detected_at)
    select 'calls', 'caller_name', 'UPDATE', 'by name', 'old', now() - interval '1 year' from generate_series(1, 500)`;
  await sql`update public.calls set caller_name = caller_name where id = ${aCall}`;
  const [row] = await sql`select count(*)::integer as n from public.deprecated_column_audit where role_name = 'old'`;
  expect(row?.n).toBeGreaterThan(0);
  expect(row?.n).toBeLessThan(500);
});

test("the last trace of each column is never pruned", async () => {
  const { sql } = database;
  await sql`
    insert into ssot.deprecated_write (relation, column_name, written_at, role_name)
    select 'public.calls', c.name, now() - n * interval '40 days', 'old'
    from (values ('caller_name'), ('from_number')) as c (name) cross join generate_series(1, 3) as n`;
  await sql`update public.calls set caller_name = caller_name where id = ${aCall}`;
  const rows = await sql`
    select column_name, count(*)::integer as n from ssot.deprecated_write group by 1 order by 1`;
  expect(rows).toEqual([
    { column_name: "caller_name", n: 1 },
    { column_name: "from_number", n: 1 },
  ]);
});

test("the traces outlive a deleted call and a truncated audit", async () => {
  const { sql } = database;
  await sql`update public.calls set caller_name = 'x', from_number = 'y' where id = ${aCall}`;
  await sql`delete from public.calls where id = ${aCall}`;
  await sql`truncate public.deprecated_column_audit`;
  expect(await readTraces(sql)).toEqual(["caller_name", "from_number"]);
});

test("the audit has row level security, no grants, an index for its reference, and no reference to organizations", async () => {
  const { sql } = database;
  const [table] = await sql`
    select c.relrowsecurity as secured,
      (select count(*)::integer from aclexplode(c.relacl) as x where x.grantee <> c.relowner) as grants,
      (select count(*)::integer from pg_catalog.pg_policy as p where p.polrelid = c.oid) as policies
    from pg_catalog.pg_class as c where c.oid = 'public.deprecated_column_audit'::regclass`;
  expect(table).toEqual({ secured: true, grants: 0, policies: 0 });
  const references = await sql`
    select confrelid::regclass::text as target, confdeltype as on_delete from pg_catalog.pg_constraint
    where contype = 'f' and conrelid = 'public.deprecated_column_audit'::regclass`;
  expect(references).toEqual([{ target: "calls", on_delete: "n" }]);
  const indexes = await sql<{ definition: string }[]>`
    select pg_get_indexdef(indexrelid) as definition from pg_catalog.pg_index
    where indrelid = 'public.deprecated_column_audit'::regclass order by 1`;
  expect(indexes.filter(({ definition }) => definition.endsWith("(call_id)"))).toHaveLength(1);
});

test("even a role that is granted the audit sees no row of it, and nobody may call the tool's functions", async () => {
  const { sql } = database;
  await sql`update public.calls set caller_name = 'Secret' where id = ${aCall}`;
  await withRole(sql, "", async (reader) => {
    await sql.unsafe(`grant select on public.deprecated_column_audit to ${reader}`);
    const seen = await sql.begin(async (tx) => {
      await tx.unsafe(`set local role ${reader}`);
      return tx`select id from public.deprecated_column_audit`;
    });
    expect(seen).toEqual([]);
    const call = outcomeOf(sql, async (tx) => {
      await tx.unsafe(`set local role ${reader}`);
      await tx`select ssot.prune_audit(1)`;
    });
    expect(await call).toBe("42501");
    const [right] = await sql`
      select has_function_privilege(${reader}, 'public.check_deprecated_column_writes_with_audit()', 'execute') as may`;
    expect(right?.may).toBe(false);
  });
});

test("both columns say in their comments that they are deprecated, and what replaces them", async () => {
  const rows = await database.sql<{ text: string }[]>`
    select col_description(attrelid, attnum) as text from pg_catalog.pg_attribute
    where attrelid = 'public.calls'::regclass and attname in ('caller_name', 'from_number') order by attname`;
  expect(rows).toMatchObject([
    { text: expect.stringMatching(/DEPRECATED 2026-02-09: Use calls_with_caller_names/) },
    { text: expect.stringMatching(/DEPRECATED 2026-02-09: Use phone_number/) },
  ]);
});

import type postgres from "postgres";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type AuditRow, aCall, anOrganization, readAudit, readTraces, warningOf } from "./audit-case.ts";
import { type MigratedCase, migrateDirtyCase, openSession, type Session, undone } from "./migrated-case.ts";

let database: MigratedCase;
let session: Session;

beforeAll(async () => {
  database = await migrateDirtyCase();
  session = openSession(database.url);
});

afterAll(async () => {
  await session.sql.end();
  await database.drop();
});

beforeEach(() => {
  session.warnings.length = 0;
});

const insert = (columns: string, values: string, end = "") => `
  insert into public.calls (org_id, vapi_call_id, call_direction, ${columns})
  values ('${anOrganization}', 'new-1', 'inbound', ${values}) ${end}`;

const merge = (action: string, condition = "") => `
  merge into public.calls as c using (values ('${anOrganization}'::uuid, 'new-1')) as s(org, id) on c.vapi_call_id = s.id
  when not matched ${condition} then ${action}`;

const upsert = `on conflict (vapi_call_id) do update set`;

interface Case {
  readonly title: string;
  readonly statements: readonly string[];
  readonly rows: readonly Partial<AuditRow>[];
}

const byName = { operation: "UPDATE", seen: "by name" };

const cases: readonly Case[] = [
  {
    title: "an UPDATE that names the column",
    statements: [`update public.calls set caller_name = 'New' where id = '${aCall}'`],
    rows: [{ ...byName, column: "caller_name", call: aCall, old: "Amelia Stone", new: "New" }],
  },
  {
    title: "an UPDATE with the same value",
    statements: [`update public.calls set caller_name = caller_name where id = '${aCall}'`],
    rows: [{ ...byName, column: "caller_name", call: aCall, old: "Amelia Stone", new: "Amelia Stone" }],
  },
  {
    title: "an UPDATE of both columns",
    statements: [`update public.calls set caller_name = 'New', from_number = null where id = '${aCall}'`],
    rows: [
      { ...byName, column: "caller_name", new: "New" },
      { ...byName, column: "from_number", old: "+14155550101", new: null },
    ],
  },
  {
    title: "an INSERT with a value",
    statements: [insert("from_number", "'+14155550000'")],
    rows: [{ column: "from_number", operation: "INSERT", seen: "by value", old: null, new: "+14155550000" }],
  },
  {
    title: "an INSERT with values of both",
    statements: [insert("caller_name, from_number", "'A', 'B'")],
    rows: [
      { column: "caller_name", new: "A", seen: "by value" },
      { column: "from_number", new: "B", seen: "by value" },
    ],
  },
  {
    title: "an INSERT that names the column with NULL",
    statements: [insert('"caller_name"', "null")],
    rows: [{ column: "caller_name", call: null, operation: "INSERT", seen: "by text", new: null }],
  },
  {
    title: "a MERGE whose INSERT names the column with NULL",
    statements: [
      merge("insert (org_id, vapi_call_id, call_direction, caller_name) values (s.org, s.id, 'inbound', null)"),
    ],
    rows: [
      {
        column: "caller_name",
        call: null,
        operation: "INSERT",
        seen: "by text",
        new: null,
        statement: "merge into public.calls … then insert (org_id, vapi_call_id, call_direction, caller_name)",
      },
    ],
  },
  {
    title: "a MERGE whose INSERT names the column with DEFAULT, after one that does not",
    statements: [
      merge(
        `insert (org_id, vapi_call_id, call_direction) values (s.org, s.id, 'inbound')
        when not matched then insert ("from_number", org_id, vapi_call_id, call_direction) values (default, s.org, s.id, 'inbound')`,
        "and s.id = 'nobody'",
      ),
    ],
    rows: [{ column: "from_number", operation: "INSERT", seen: "by text" }],
  },
  {
    title: "a MERGE whose INSERT brings a value",
    statements: [
      merge("insert (org_id, vapi_call_id, call_direction, caller_name) values (s.org, s.id, 'inbound', 'A')"),
    ],
    rows: [{ column: "caller_name", operation: "INSERT", seen: "by value", new: "A" }],
  },
  {
    title: "an INSERT with a value of one and NULL of the other",
    statements: [insert("caller_name, from_number", "'A', null")],
    rows: [
      { column: "caller_name", seen: "by value" },
      { column: "from_number", seen: "by text" },
    ],
  },
  {
    title: "an upsert that inserts",
    statements: [insert("caller_name", "'A'", `${upsert} caller_name = excluded.caller_name`)],
    rows: [{ column: "caller_name", operation: "INSERT", seen: "by value", new: "A" }],
  },
  {
    title: "an upsert that updates",
    statements: [insert("notes", "null"), insert("caller_name", "'B'", `${upsert} caller_name = excluded.caller_name`)],
    rows: [{ ...byName, column: "caller_name", old: null, new: "B" }],
  },
  {
    title: "an upsert that names the column but updates another",
    statements: [insert("notes", "null"), insert("caller_name", "'B'", `${upsert} notes = 'seen'`)],
    rows: [{ column: "caller_name", operation: "INSERT", seen: "by text" }],
  },
  {
    title: "an UPDATE after which somebody's trigger sets the value",
    statements: [
      `create function public.meddle() returns trigger language plpgsql as $$ begin new.caller_name := 'Meddled'; return new; end $$`,
      `create trigger meddle before update on public.calls for each row execute function public.meddle()`,
      `update public.calls set notes = 'x' where id = '${aCall}'`,
    ],
    rows: [{ column: "caller_name", operation: "UPDATE", seen: "by value", old: "Amelia Stone", new: "Meddled" }],
  },
  {
    title: "an INSERT into which somebody's trigger brings the value",
    statements: [
      `create function public.meddle() returns trigger language plpgsql as $$ begin new.from_number := 'Meddled'; return new; end $$`,
      `create trigger meddle before insert on public.calls for each row execute function public.meddle()`,
      insert("notes", "'x'"),
    ],
    rows: [{ column: "from_number", operation: "INSERT", seen: "by value", new: "Meddled" }],
  },
  {
    title: "a session in replica role",
    statements: [
      "set local session_replication_role = replica",
      `update public.calls set caller_name = 'New' where id = '${aCall}'`,
    ],
    rows: [{ ...byName, column: "caller_name", new: "New" }],
  },
  {
    title: "two UPDATEs of one transaction",
    statements: [
      `update public.calls set caller_name = 'One' where id = '${aCall}'`,
      `update public.calls set caller_name = 'Two' where id = '${aCall}'`,
    ],
    rows: [
      { ...byName, column: "caller_name", new: "One" },
      { ...byName, column: "caller_name", new: "Two" },
    ],
  },
  {
    title: "an UPDATE, then an INSERT with NULL",
    statements: [`update public.calls set caller_name = 'One' where id = '${aCall}'`, insert("caller_name", "null")],
    rows: [
      { ...byName, column: "caller_name", new: "One" },
      { column: "caller_name", operation: "INSERT", seen: "by text" },
    ],
  },
];

test.each(cases)("$title leaves one audit row a column, one warning and one trace", async ({ statements, rows }) => {
  const [audit, traces] = await undone(session.sql, async (tx) => {
    for (const statement of statements) await tx.unsafe(statement);
    return [await readAudit(tx), await readTraces(tx)] as const;
  });
  expect(audit).toMatchObject(rows);
  expect(audit).toHaveLength(rows.length);
  const columns = [...new Set(rows.map(({ column }) => column ?? ""))];
  expect(session.warnings.toSorted()).toEqual(columns.map(warningOf).toSorted());
  expect(traces).toEqual(columns);
});

test.each([
  ["an UPDATE of other columns", `update public.calls set notes = 'caller_name' where id = '${aCall}'`],
  ["an INSERT of other columns", insert("notes", "'from_number and caller_name'")],
  ["a SELECT", `select caller_name, from_number from public.calls where id = '${aCall}'`],
  ["a DELETE", `delete from public.calls where caller_name = 'Amelia Stone'`],
  ["an UPDATE that names it but meets no row", "update public.calls set caller_name = 'x' where false"],
])("%s leaves no audit row, no warning and no trace", async (_, statement) => {
  const seen = await undone(session.sql, async (tx) => {
    await tx.unsafe(statement);
    return [...(await readAudit(tx)), ...(await readTraces(tx))];
  });
  expect(seen).toEqual([]);
  expect(session.warnings).toEqual([]);
});

test("an INSERT that names the column is seen in a text whose first one does not", async () => {
  const second = insert("caller_name", "null").replace("new-1", "new-2");
  const audit = await undone(session.sql, async (tx) => {
    await tx.unsafe(`${insert("notes", "null")}; ${second}`);
    return readAudit(tx);
  });
  expect(new Set(audit.map(({ column, seen, statement }) => `${column} ${seen}: ${statement}`))).toEqual(
    new Set([
      "caller_name by text: insert into public.calls (org_id, vapi_call_id, call_direction, notes) … insert into public.calls (org_id, vapi_call_id, call_direction, caller_name)",
    ]),
  );
});

test("COPY is seen like INSERT: a value by value, a column without any by the text", async () => {
  const copy = async (tx: postgres.TransactionSql, columns: string, line: string): Promise<void> => {
    const stream = await tx
      .unsafe(`copy public.calls (org_id, vapi_call_id, call_direction, ${columns}) from stdin`)
      .writable();
    await new Promise<void>((resolve, reject) => {
      stream.on("error", reject).on("finish", resolve);
      stream.end(`${anOrganization}\tcopied-${columns}\tinbound\t${line}\n`);
    });
  };
  const audit = await undone(session.sql, async (tx) => {
    await copy(tx, "caller_name", "Copied");
    await copy(tx, "from_number", "\\N");
    return readAudit(tx);
  });
  expect(audit).toMatchObject([
    { column: "caller_name", seen: "by value", new: "Copied", operation: "INSERT" },
    { column: "from_number", seen: "by text", new: null, operation: "INSERT" },
  ]);
});

test("an audit row says who wrote: role, application, and the beginning of the statement", async () => {
  const rows = await undone(session.sql, async (tx) => {
    await tx.unsafe(`update public.calls set caller_name = '${"x".repeat(600)}' where id = '${aCall}'`);
    return tx`
      select table_name, org_id, role_name = session_user as own, application_name, length(statement) as length,
        statement ^@ 'update public.calls set caller_name' as begins, detected_at = now() as now
      from public.deprecated_column_audit`;
  });
  expect(rows).toEqual([
    {
      table_name: "calls",
      org_id: anOrganization,
      own: true,
      application_name: "promises",
      length: 500,
      begins: true,
      now: true,
    },
  ]);
});

test("the question for the trigger in information_schema has one row as its answer", async () => {
  const rows = await database.sql`
    select trigger_name, event_object_table, action_timing, event_manipulation from information_schema.triggers
    where trigger_name = 'warn_deprecated_writes'`;
  expect(rows).toHaveLength(1);
});

import postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { migrate } from "../../src/core/migrate.ts";
import { plan } from "../../src/core/plan.ts";
import { rollback } from "../../src/core/rollback.ts";
import { differences } from "../crash/differences.ts";
import { attack } from "../support/attacks.ts";
import { migrateOptions, rollbackOptions } from "../support/run-options.ts";
import { snapshotDatabase } from "../support/snapshot.ts";
import { type Cast, firstOrg, makeCast } from "./cast.ts";

let cast: Cast;

beforeAll(async () => {
  cast = await makeCast();
});

afterAll(() => cast.end());

const long = "x".repeat(200_000);

/** What a tenant may put into a call: id, times, and the two values that a drop has to keep. */
const calls: readonly (readonly [what: string, row: Readonly<Record<string, string | null>>])[] = [
  ["the smallest id", { id: "00000000-0000-0000-0000-000000000000" }],
  ["the largest id", { id: "ffffffff-ffff-ffff-ffff-ffffffffffff" }],
  ["a time that never comes", { created_at: "infinity" }],
  ["a time before all", { created_at: "-infinity" }],
  ["a time before Christ", { created_at: "4713-01-01 00:00:00+00 BC" }],
  ["a time later than JavaScript counts", { created_at: "294276-12-31 00:00:00+00" }],
  ["a very long name", { caller_name: long }],
  ["a very long number", { caller_name: "Number", from_number: "1".repeat(100_000) }],
  ["letters of a format", { caller_name: "%s %I %1$s %%" }],
  ["the end of a literal", { caller_name: "'; drop schema ssot cascade; --" }],
  ["a dollar quote", { caller_name: "$$ $f$ $do$ \\gexec" }],
  ["an array", { caller_name: '{NULL,"a","b\\"}', from_number: "{}" }],
  ["a record", { caller_name: '(a,"b"")', from_number: "(,)" }],
  ["the word null", { caller_name: "NULL", from_number: "null" }],
  ["nothing but a backslash", { caller_name: "\\", from_number: "\\N" }],
  ["steering letters", { caller_name: "\u001b[2J\u202e\r\n::stop-commands::x" }],
  ["what is spoken in two ways", { caller_name: "e\u0301\u00e9\u212b" }],
  [
    "digits of other scripts",
    { caller_name: "Other", phone_number: "+\u0661\u0662\u0661\u0662\u0665\u0665\u0665\u0660\u0661\u0660\u0661" },
  ],
  ["an empty name", { caller_name: "", from_number: "" }],
  ["a name that is blank", { caller_name: "\u3000\u00a0 \t" }],
];

const contacts: readonly (readonly [what: string, row: Readonly<Record<string, string | null>>])[] = [
  ["a contact of the smallest id", { id: "00000000-0000-0000-0000-000000000000", phone: "+12125550801" }],
  ["its duplicate of the largest", { id: "ffffffff-ffff-ffff-ffff-ffffffffffff", phone: "(212) 555-0801" }],
  ["a contact that was always there", { phone: "+12125550802", created_at: "-infinity" }],
  ["its duplicate that never comes", { phone: "212-555-0802", created_at: "infinity" }],
  ["a contact whose age is unknown", { phone: "+12125550803", created_at: null }],
  ["a name that is a format", { phone: "+12125550804", name: "%s %I" }],
  [
    "its duplicate with the end of a literal",
    { phone: "2125550804", name: "'); delete from public.contacts; --", notes: "$$%L$$" },
  ],
];

test("whatever a tenant put into its rows: all of it is planned, merged, archived, and comes back", async () => {
  const { sql, tenant, migrator, as } = cast;
  const session = postgres(as(tenant), { max: 1 });
  const insert = async (table: string, row: Readonly<Record<string, string | null>>): Promise<void> => {
    const columns = Object.keys(row).join(", ");
    await session.unsafe(
      `insert into public.${table} (${columns}) select ${columns} from jsonb_populate_record(null::public.${table}, $1::text::jsonb)`,
      [JSON.stringify(row)],
    );
  };
  for (const [n, [what, row]] of calls.entries()) {
    await insert("calls", {
      id: crypto.randomUUID(),
      org_id: firstOrg,
      vapi_call_id: `odd-${n} ${what}`,
      call_direction: "inbound",
      phone_number: "+12125550101",
      caller_name: `Name ${n}`,
      from_number: "+12125550188",
      ...row,
    });
  }
  for (const [what, row] of contacts) {
    await insert("contacts", { id: crypto.randomUUID(), org_id: firstOrg, name: what, ...row });
  }
  await session.end();
  const before = await snapshotDatabase(sql);
  const originals = await sql<{ id: string; what: string; name: string; number: string }[]>`
    select id, vapi_call_id as what, caller_name as name, from_number as number from public.calls where caller_name is not null or from_number is not null`;
  const planned = await plan(migrateOptions(as(migrator)));
  const { applied } = await migrate(migrateOptions(as(migrator)));
  expect(applied.map(({ effects }) => effects)).toEqual(planned.pending.map(({ effects }) => effects));
  await sql`update ssot.ledger set run_on = run_on - interval '70 days'`;
  await migrate(migrateOptions(as(migrator), { phase3: true }));
  const kept = await sql<{ id: string; name: string; number: string }[]>`
    select call_id as id, caller_name as name, from_number as number from ssot.dropped_call_columns`;
  for (const { id, what, name, number } of originals) {
    await attack("tenant", () => {
      const row = kept.find((one) => one.id === id);
      expect([what, row?.name, row?.number]).toEqual([what, name, number]);
    });
  }
  await rollback(rollbackOptions(as(migrator)));
  const left = differences(before, await snapshotDatabase(sql));
  for (const [what] of contacts) await attack("tenant", () => expect([what, left]).toEqual([what, []]));
});

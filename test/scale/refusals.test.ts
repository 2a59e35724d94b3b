import { afterEach, beforeEach, expect, test } from "vitest";
import { loadDirtyCase } from "../../fixtures/dirty-case.ts";
import { doctor } from "../../src/core/doctor.ts";
import { migrate } from "../../src/core/migrate.ts";
import { plan } from "../../src/core/plan.ts";
import { exitCodeOf } from "../../src/model/errors.ts";
import { refusalOf } from "../faults/refusal.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { partitionCalls } from "../support/partitioned-calls.ts";
import { migrateOptions, targetOf } from "../support/run-options.ts";

let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase();
});

afterEach(() => database.drop());

interface Layout {
  readonly what: string;
  /** Made before, of the table calls of the base schema. */
  readonly partitioned: boolean;
  readonly sql: string;
  readonly message: string;
}

const layouts: readonly Layout[] = [
  {
    what: "partitioned contacts",
    partitioned: false,
    sql: `drop table public.contacts cascade;
      create table public.contacts (id uuid not null, org_id uuid not null, name text, phone text not null, email text,
        lead_status text, lead_score integer, created_at timestamptz, primary key (id, org_id)) partition by hash (org_id)`,
    message: "table public.contacts is partitioned, and other tables reference it by id alone",
  },
  {
    what: "a table that inherits from calls",
    partitioned: false,
    sql: "create table public.old_calls () inherits (public.calls)",
    message: "other tables inherit from public.calls",
  },
  {
    what: "a partition on another server",
    partitioned: true,
    sql: `drop table public.calls_p3;
      create foreign data wrapper elsewhere;
      create server elsewhere foreign data wrapper elsewhere;
      alter table public.calls drop constraint calls_pkey, drop constraint calls_org_id_vapi_call_id_key,
        drop constraint calls_org_id_fkey, drop constraint calls_contact_id_fkey;
      create foreign table public.calls_p3 partition of public.calls for values with (modulus 4, remainder 3) server elsewhere`,
    message: "partition public.calls_p3 of public.calls is on another server",
  },
  {
    what: "partitioned calls whose indexes all begin with the organisation",
    partitioned: true,
    sql: `alter table public.calls drop constraint calls_pkey;
      alter table public.calls add constraint calls_pkey primary key (org_id, id)`,
    message: "none of its indexes begins with id",
  },
  {
    // The catalog of Citus, as far as it is read.
    what: "calls distributed by Citus",
    partitioned: false,
    sql: `set allow_system_table_mods = on;
      create table pg_catalog.pg_dist_partition (logicalrelid regclass not null, partmethod "char" not null);
      set allow_system_table_mods = off;
      insert into pg_catalog.pg_dist_partition values ('public.calls', 'h')`,
    message: "table public.calls is distributed by Citus, which takes no triggers there",
  },
];

test.each(layouts)("$what: refused by name in the plan, the run and by the doctor, nothing changed", async (layout) => {
  const { sql, url } = database;
  if (layout.partitioned) await partitionCalls(sql);
  await sql.unsafe(layout.sql);
  for (const start of [migrate, plan]) {
    const error = await refusalOf(database, () => start(migrateOptions(url)));
    expect(error.code).toBe("PREFLIGHT");
    expect(exitCodeOf(error)).toBe(3);
    expect(error.message).toContain(layout.message);
  }
  const { checks } = await doctor({ target: targetOf(url) });
  expect(checks.find(({ id }) => id === "tables")).toMatchObject({ status: "problem" });
});

test("two calls of one id, which only a partitioned table can hold, stop the run before it writes", async () => {
  const { sql, url } = database;
  await partitionCalls(sql);
  await loadDirtyCase(sql);
  const [first] = await sql<{ id: string }[]>`
    insert into public.calls (id, org_id, vapi_call_id, call_direction)
    select c.id, o.id, 'second', 'inbound' from public.calls as c join public.organizations as o on o.id <> c.org_id
    order by c.id, o.id limit 1 returning id`;
  const error = await refusalOf(database, () => migrate(migrateOptions(url)));
  expect(error.code).toBe("PREFLIGHT");
  expect(error.message).toBe(`several calls have the same id: ${first?.id}`);
});

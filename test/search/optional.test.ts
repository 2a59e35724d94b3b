import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { exportFiles } from "../../src/core/export.ts";
import { migrate } from "../../src/core/migrate.ts";
import { plan } from "../../src/core/plan.ts";
import { rollback } from "../../src/core/rollback.ts";
import { status } from "../../src/core/status.ts";
import { migrationsDirectory } from "../../src/migrations/packs.ts";
import { differences } from "../crash/differences.ts";
import { createDirtyDatabase, snapshotWithoutViews } from "../crash/equal-databases.ts";
import { type Interruption, interruptEverywhere } from "../crash/interruptions.ts";
import type { TestDatabase } from "../support/database.ts";
import { migrateOptions, rollbackOptions } from "../support/run-options.ts";
import { snapshotDatabase } from "../support/snapshot.ts";
import { migrateWithSearch, search } from "./search-case.ts";

let database: TestDatabase;

beforeEach(async () => {
  database = await createDirtyDatabase();
});

afterEach(() => database.drop());

const stateOf = async (): Promise<string | undefined> =>
  (await status(migrateOptions(database.url))).migrations.find(({ name }) => name === search)?.state;
const last = () => rollback(rollbackOptions(database.url, { all: false }));
const namesOf = (list: readonly { readonly name: string }[]) => list.map(({ name }) => name);

const indexes = () => database.sql<{ name: string; valid: boolean }[]>`
  select c.relname as name, x.indisvalid as valid from pg_catalog.pg_index as x
  join pg_catalog.pg_class as c on c.oid = x.indexrelid where c.relname like '%\\_search\\_%' order by 1`;
const three = ["idx_calls_search_contact", "idx_calls_search_number", "idx_contacts_search_name"];

test("plain migrate leaves it out and has nothing pending, --with search applies it alone", async () => {
  const { sql, url } = database;
  const { applied } = await migrate(migrateOptions(url));
  expect(namesOf(applied)).not.toContain(search);
  expect(await stateOf()).toBe("optional");
  expect(await migrate(migrateOptions(url))).toMatchObject({ applied: [], caughtUp: 0 });
  expect(await sql`select to_regnamespace('ssot_search') as there`).toEqual([{ there: null }]);
  const before = await snapshotDatabase(sql, { ignoreSchemas: ["ssot"] });

  const dry = await plan(migrateOptions(url, { optional: ["search"] }));
  expect(namesOf(dry.pending)).toEqual([search]);
  expect(dry.pending[0]?.steps.map(({ name }) => name)).toContain("idx_calls_search_number");
  expect(namesOf((await migrateWithSearch(url)).applied)).toEqual([search]);
  expect(await stateOf()).toBe("applied");
  expect(await indexes()).toEqual(three.map((name) => ({ name, valid: true })));
  expect(await migrateWithSearch(url)).toMatchObject({ applied: [], caughtUp: 0 });

  expect(namesOf((await last()).rolledBack)).toEqual([search]);
  expect(differences(before, await snapshotDatabase(sql, { ignoreSchemas: ["ssot"] }))).toEqual([]);
  expect(await stateOf()).toBe("optional");
});

test("an optional migration that there is not, or is named without being asked for, is refused", async () => {
  const { sql, url } = database;
  const before = await snapshotDatabase(sql);
  await expect(migrate(migrateOptions(url, { optional: ["speed"] }))).rejects.toMatchObject({ code: "USAGE" });
  await expect(migrate(migrateOptions(url, { to: search }))).rejects.toMatchObject({
    code: "USAGE",
    hint: expect.stringContaining("--with search"),
  });
  await expect(
    exportFiles({ directory: migrationsDirectory(), format: "sql", phase: 1, optional: ["speed"] }),
  ).rejects.toMatchObject({ code: "USAGE" });
  expect(differences(before, await snapshotDatabase(sql))).toEqual([]);
});

test.each(["before", "after"] as const)(
  "applied %s the drop it is taken back in that order, and everything is as it was",
  async (when) => {
    const { sql, url } = database;
    const original = await snapshotDatabase(sql);
    await migrate(migrateOptions(url));
    const phase1 = await snapshotWithoutViews(database);
    await sql`update ssot.ledger set run_on = run_on - interval '32 days'`;
    if (when === "before") await migrateWithSearch(url);
    await migrate(migrateOptions(url, { phase3: true }));
    if (when === "after") await migrateWithSearch(url);
    const drop = "20260309000000_drop_deprecated_columns";
    const order = when === "before" ? [drop, search] : [search, drop];
    expect(namesOf((await last()).rolledBack)).toEqual(order.slice(0, 1));
    expect(namesOf((await last()).rolledBack)).toEqual(order.slice(1));
    expect(differences(phase1, await snapshotWithoutViews(database))).toEqual([]);
    await rollback(rollbackOptions(url));
    expect(differences(original, await snapshotDatabase(sql))).toEqual([]);
  },
);

test("--to a migration takes back what was applied after it, the search too, and leaves what came before", async () => {
  const { sql, url } = database;
  await migrate(migrateOptions(url));
  await sql`update ssot.ledger set run_on = run_on - interval '32 days'`;
  await migrate(migrateOptions(url, { phase3: true }));
  await migrateWithSearch(url);
  const drop = "20260309000000";
  const toDrop = await rollback(rollbackOptions(url, { all: false, to: drop }));
  expect(namesOf(toDrop.rolledBack)).toEqual([search]);
  await migrateWithSearch(url);
  expect((await rollback(rollbackOptions(url, { all: false, to: search }))).rolledBack).toEqual([]);
  const { rolledBack } = await rollback(rollbackOptions(url, { all: false, to: "20260209000400" }));
  expect(namesOf(rolledBack)).toEqual([search, "20260309000000_drop_deprecated_columns"]);
});

test("indexes that were there come back, also an index that is not valid is made anew", async () => {
  const { sql, url } = database;
  await sql.unsafe(`
    create index idx_calls_search_contact on public.calls (status);
    comment on index public.idx_calls_search_contact is 'somebody''s';
    create index idx_calls_search_number on public.calls (phone_number)`);
  await sql`update pg_catalog.pg_index set indisvalid = false where indexrelid = 'public.idx_calls_search_number'::regclass`;
  await migrate(migrateOptions(url));
  await migrateWithSearch(url);
  expect(await indexes()).toEqual(three.map((name) => ({ name, valid: true })));
  await last();
  const rows = await sql`
    select indexname, indexdef, obj_description(format('public.%I', indexname)::regclass, 'pg_class') as comment
    from pg_indexes where indexname like '%\\_search\\_%'`;
  expect(rows).toEqual([
    {
      indexname: "idx_calls_search_contact",
      indexdef: "CREATE INDEX idx_calls_search_contact ON public.calls USING btree (status)",
      comment: "somebody's",
    },
  ]);
});

test("whoever may write calls and contacts still may, whatever default privileges say, and is found", async () => {
  const { sql, url, name } = database;
  const writer = `ssot_writer_${randomBytes(6).toString("hex")}`;
  await sql.unsafe(`
    alter default privileges revoke execute on functions from public;
    create role ${writer}; grant connect on database ${name} to ${writer}; grant usage on schema public to ${writer};
    grant select, insert, update on public.contacts, public.calls to ${writer}`);
  try {
    await migrate(migrateOptions(url));
    await migrateWithSearch(url);
    const [org] = await sql<
      { id: string }[]
    >`insert into public.organizations (name, email) values ('Writers', 'w@example.com') returning id`;
    await sql.begin(async (tx) => {
      await tx`select set_config('role', ${writer}, true)`;
      await tx`
        with contact as (insert into public.contacts (org_id, name, phone) values (${org?.id ?? ""}, 'Quirin Writer', '+14155550123') returning *)
        insert into public.calls (org_id, vapi_call_id, contact_id, call_direction, phone_number, created_at)
        select org_id, 'writer', id, 'inbound', phone, now() from contact`;
      await tx`update public.calls set phone_number = '+14155550124' where vapi_call_id = 'writer'`;
    });
    for (const [term, total] of [
      ["quirin w", "1"],
      ["5550124", "1"],
      ["5550123", "0"],
      ["0124", "1"],
    ] as const) {
      const [row] =
        await sql`select total from ssot_search.find_calls(${org?.id ?? ""}, ${term}, 5, 0, null, null, null)`;
      expect([term, row?.total]).toEqual([term, total]);
    }
  } finally {
    await sql.unsafe(
      `alter default privileges grant execute on functions to public; drop owned by ${writer}; drop role ${writer}`,
    );
  }
});

test("a column of type varchar gets the same index, which the post-conditions accept", async () => {
  const { sql, url } = database;
  await sql`alter table public.contacts alter column name type varchar(200)`;
  await migrate(migrateOptions(url));
  const { applied } = await migrateWithSearch(url);
  expect(namesOf(applied)).toEqual([search]);
  expect((await migrateWithSearch(url)).applied).toEqual([]);
});

test("somebody's schema of the name is left alone", async () => {
  const { sql, url } = database;
  await migrate(migrateOptions(url));
  await sql`create schema ssot_search`;
  const before = await snapshotDatabase(sql, { ignoreSchemas: ["ssot"] });
  await expect(migrateWithSearch(url)).rejects.toMatchObject({ message: expect.stringContaining("somebody else's") });
  await last();
  expect(differences(before, await snapshotDatabase(sql, { ignoreSchemas: ["ssot"] }))).toEqual([]);
});

test.each<Interruption>(["abort", "terminate"])(
  "interrupted at every step (%s), up and down, it goes on to the end state of an undisturbed run",
  async (how) => {
    const { sql, url } = database;
    await migrate(migrateOptions(url));
    const before = await snapshotDatabase(sql, { ignoreSchemas: ["ssot"] });
    await migrateWithSearch(url);
    const installed = await snapshotDatabase(sql, { ignoreSchemas: ["ssot"] });
    await last();
    const patient = { waitSeconds: 30 };
    await interruptEverywhere(
      how,
      sql,
      (interrupted) => migrate(migrateOptions(url, { optional: ["search"], ...patient, ...interrupted })),
      async () => {},
      () => true,
    );
    expect(differences(installed, await snapshotDatabase(sql, { ignoreSchemas: ["ssot"] }))).toEqual([]);
    await interruptEverywhere(
      how,
      sql,
      (interrupted) => rollback(rollbackOptions(url, { all: false, to: "20260209000400", ...patient, ...interrupted })),
      async () => {},
      () => true,
    );
    expect(differences(before, await snapshotDatabase(sql, { ignoreSchemas: ["ssot"] }))).toEqual([]);
  },
);

test("its exported file, sent as one transaction, leaves what migrate leaves, and rollback goes on from it", async () => {
  const { sql, url } = database;
  await migrate(migrateOptions(url));
  const before = await snapshotDatabase(sql, { ignoreSchemas: ["ssot"] });
  await migrateWithSearch(url);
  const installed = await snapshotDatabase(sql, { ignoreSchemas: ["ssot"] });
  await last();
  const what = { directory: migrationsDirectory(), format: "sql", phase: 1 } as const;
  expect(namesOf(await exportFiles(what))).not.toContain("04b_search_indexes.sql");
  const file = (await exportFiles({ ...what, optional: ["search"] })).find(
    ({ name }) => name === "04b_search_indexes.sql",
  );
  await sql.begin((tx) => tx.unsafe(file?.sql ?? ""));
  expect(await stateOf()).toBe("applied");
  // A body may have been sent without its line ends.
  const folded = (text: string): string => text.replace(/(\\n| )+/g, " ");
  expect(differences(folded(installed), folded(await snapshotDatabase(sql, { ignoreSchemas: ["ssot"] })))).toEqual([]);
  await last();
  expect(differences(before, await snapshotDatabase(sql, { ignoreSchemas: ["ssot"] }))).toEqual([]);
});

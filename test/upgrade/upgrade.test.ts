import type { Sql } from "postgres";
import { describe, expect, test } from "vitest";
import { loadMigrations } from "../../src/migrations/load-migrations.ts";
import { migrationsDirectory } from "../../src/migrations/packs.ts";
import { readVersion } from "../../src/model/version.ts";
import { draw } from "../support/draw.ts";
import { snapshotDatabase } from "../support/snapshot.ts";
import { loadBefore, type UpgradeState, upgradeStates } from "../support/upgrade-fixtures.ts";
import { expected } from "./expected.ts";
import { blockersIn, changingNothing, ends, openStates, schemaIn, snapshotBefore } from "./opened.ts";

const open = openStates();
const settled = upgradeStates.filter(({ interrupted }) => interrupted === undefined);

/** Tables of the first engine that this one has no more. */
const former = [
  "archive_cursor",
  "journal_calls_contact_id",
  "journal_calls_phone_number",
  "journal_contacts_name",
  "journal_contacts_phone",
  "made_object",
  "merge_journal",
  "object_journal",
  "phase3_undo",
  "restore_order",
  "saved_view",
  "witness_before",
];

async function expectThisEngine(sql: Sql): Promise<void> {
  const [row] = await sql`
    select (select json_build_object('version', e.version, 'tool', e.tool, 'moving', e.moving) from ssot.engine as e) as engine,
           array(select t from unnest(${former}::text[]) as t where to_regclass('ssot.' || t) is not null) as former,
           (select e.fingerprint from ssot.engine as e) = ssot.fingerprint() as is_whole`;
  expect(row).toEqual({ engine: { version: 2, tool: readVersion(), moving: false }, former: [], is_whole: true });
  const checksums = new Map(
    (await loadMigrations(migrationsDirectory())).map(({ name, checksum }) => [name, checksum]),
  );
  const runs = await sql<{ name: string; checksum: string }[]>`select name, checksum from ssot.run`;
  for (const { name, checksum } of runs) expect(checksum, name).toBe(checksums.get(name));
}

describe.each(draw("states of 0.1.0", settled, ({ name }) => name, 0.18))(
  "$name, $what",
  ({ name, before }: UpgradeState) => {
    const { drop, lost } = expected[name];

    test("migrate brings this engine, and what it goes on to can be verified and taken back", async () => {
      const database = await open(name);
      const { sql } = database;
      const dated = name === "rolled-back" ? [] : await sql`select name, run_on from ssot.ledger order by name`;
      const reasons = drop === "open" ? await blockersIn(sql) : [];
      await ends(database, "migrate", 0);
      // Links calls that came since.
      await ends(database, "migrate", 0);
      await expectThisEngine(sql);
      expect(
        await sql`select name, run_on from ssot.ledger where name = any (${dated.map((row) => row.name)}) order by name`,
      ).toEqual(dated);
      if (drop !== "done") expect(await sql`select kind, name, problem from ssot.witness_problems()`).toEqual([]);
      if (drop === "open") expect(await blockersIn(sql)).toEqual(reasons);
      await ends(database, "audit deprecated", 0);
      await ends(database, "migrate --phase 3", drop === "closed" ? 6 : 0);
      await ends(database, "verify", 0);
      if (lost === undefined) {
        await ends(database, "rollback --all --yes", 0);
        if (before !== undefined) expect(await snapshotDatabase(sql)).toBe(await snapshotBefore(name));
      }
    });

    test(`rollback --all ${lost ? "is refused as it was, until --schema-only" : "of all that 0.1.0 did"}`, async () => {
      const database = await open(name);
      const { sql } = database;
      if (lost === undefined) {
        await ends(database, "rollback --all --yes", 0);
        if (before !== undefined) expect(await snapshotDatabase(sql)).toBe(await snapshotBefore(name));
        return;
      }
      await changingNothing(sql, async () => {
        const told = await ends(database, "rollback --all --yes", 6);
        const items = [...told.matchAll(/^ {4}- (.*)$/gm)].map((match) => match[1]);
        expect(items.toSorted()).toEqual(lost.toSorted());
      });
      await ends(database, "rollback --all --schema-only --yes", 0);
      expect(schemaIn(await snapshotDatabase(sql))).toEqual(schemaIn(await snapshotBefore("migration-4")));
    });
  },
);

// The same rule, which each of the two engines writes in its own way.
const writtenOtherwise = '"name":"phone_map_e164_shape"';
const objectsIn = (snapshot: string): readonly string[] =>
  schemaIn(snapshot).filter((line) => line.includes("ssot") && !line.includes(writtenOtherwise));

test.each([
  ["migration-1", ["migrate"]],
  ["search", ["migrate", "migrate --with search"]],
  ["dropped", ["migrate", "migrate --phase 3"]],
  ["by-hand", ["migrate"]],
] as const)("%s: what the upgrade makes is what a new database gets", async (name, commands) => {
  const upgraded = await open(name);
  await ends(upgraded, "migrate", 0);
  const fresh = await loadBefore(name);
  try {
    for (const command of commands) {
      await ends(fresh, command, 0);
      await fresh.sql`update ssot.ledger set run_on = run_on - interval '32 days'`;
    }
    expect(objectsIn(await snapshotDatabase(upgraded.sql))).toEqual(objectsIn(await snapshotDatabase(fresh.sql)));
  } finally {
    await fresh.drop();
  }
});

import postgres from "postgres";
import { readDump } from "../../bench/support/read-dump.ts";
import { createTestDatabase, type TestDatabase } from "./database.ts";

export type UpgradeStateName =
  | "migration-1"
  | "migration-2"
  | "migration-3"
  | "migration-4"
  | "search"
  | "dropped"
  | "finalized"
  | "dropped-finalized"
  | "interrupted-link-calls"
  | "interrupted-drop"
  | "psql"
  | "by-hand"
  | "by-hand-drop-failed"
  | "set-aside"
  | "rolled-back";

/** A database that version 0.1.0 left; fixtures/upgrades/README.md tells how its file came to be. */
export interface UpgradeState {
  /** Also its file's, in fixtures/upgrades. */
  readonly name: UpgradeStateName;
  readonly what: string;
  /** Which run of 0.1.0 stands half-way. */
  readonly interrupted?: "migrate" | "migrate --phase 3";
  /** The file from before that version, which a complete rollback has to restore; none where none can. */
  readonly before?: string;
}

const before = "before";

/** In the order in which a database comes to them. */
export const upgradeStates: readonly UpgradeState[] = [
  { name: "migration-1", what: "after migration 1; two calls came since", before },
  { name: "migration-2", what: "after migrations 1 and 2", before },
  { name: "migration-3", what: "after migrations 1 to 3", before },
  { name: "migration-4", what: "after migrations 1 to 4; the columns were written then", before },
  { name: "search", what: "after migrations 1 to 4 and the search", before },
  { name: "dropped", what: "after the drop", before },
  { name: "finalized", what: "finalized after migration 4" },
  { name: "dropped-finalized", what: "finalized after the drop" },
  { name: "interrupted-link-calls", what: "killed while it linked calls", interrupted: "migrate", before },
  { name: "interrupted-drop", what: "killed while it copied the columns", interrupted: "migrate --phase 3", before },
  { name: "psql", what: "migrations 1 to 4 by psql alone", before },
  { name: "by-hand", what: "adopted what was made by hand", before: "by-hand-before" },
  {
    name: "by-hand-drop-failed",
    what: "adopted, then a drop that 0.1.0 cannot end",
    interrupted: "migrate --phase 3",
    before: "by-hand-before",
  },
  { name: "set-aside", what: "set a contact aside", before: "set-aside-before" },
  { name: "rolled-back", what: "rolled back, with one original kept" },
];

/** A database in this state. The caller drops it. */
export function loadUpgradeFixture(name: UpgradeStateName): Promise<TestDatabase> {
  return loadDump(name);
}

/** The database from before 0.1.0 came, which a complete rollback of that state has to restore. The caller drops it. */
export function loadBefore(name: UpgradeStateName): Promise<TestDatabase> {
  const file = upgradeStates.find((state) => state.name === name)?.before;
  if (file === undefined) throw new Error(`nothing brings back what was before ${name}`);
  return loadDump(file);
}

/** Sends the file as one query, as the role of the tests in place of the one that made it. */
async function loadDump(file: string): Promise<TestDatabase> {
  const database = await createTestDatabase({ template: "empty" });
  // Of its own: a dump leaves its settings in the session.
  const session = postgres(database.url, { max: 1, onnotice: () => {} });
  try {
    const [row] = await session<{ role: string }[]>`select current_user as role`;
    await session.unsafe((await readDump(file)).replaceAll("ssot_fixture_owner", row?.role ?? ""));
    await nameNotNulls(session);
    await recogniseWitness(session);
    return database;
  } catch (error) {
    await database.drop();
    throw error;
  } finally {
    await session.end();
  }
}

/** PostgreSQL 18 names NOT NULL constraints by their table, which 0.1.0 renamed after they had got their names. */
async function nameNotNulls(sql: postgres.Sql): Promise<void> {
  const rows = await sql<{ name: string }[]>`
    select conname as name from pg_catalog.pg_constraint
    where conrelid = to_regclass('ssot.adopted_column_audit') and contype = 'n' order by conname`;
  for (const { name } of rows) {
    const original = name.replace(/^adopted_/, "deprecated_");
    await sql`alter table ssot.adopted_column_audit rename constraint ${sql(name)} to ${sql(original)}`;
  }
}

/**
 * Loading gave each object another oid and xmin. What 0.1.0 swore in is recognised again; entries of what the drop removed
 * stay as they are.
 */
async function recogniseWitness(sql: postgres.Sql): Promise<void> {
  const [row] = await sql`select to_regclass('ssot.witness') is not null as exists`;
  if (row?.exists !== true) return;
  await sql`
    update ssot.witness as w set object_id = l.object_id, changed_in = l.changed_in
    from ssot.live_witness() as l where l.kind = w.kind and l.name = w.name`;
}

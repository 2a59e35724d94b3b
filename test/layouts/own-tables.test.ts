import { expect, test } from "vitest";
import { migrate } from "../../src/core/migrate.ts";
import { createTestDatabase } from "../support/database.ts";
import { migrateOptions } from "../support/run-options.ts";
import { standardRows } from "./layout.ts";

test("every table of ours tells a subscriber which row is meant, before the drop and after it", async () => {
  const { sql, url, drop } = await createTestDatabase();
  const unidentified = () => sql`
    select c.oid::regclass::text as name from pg_catalog.pg_class as c join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    where (n.nspname like 'ssot%' or c.relname = 'deprecated_column_audit') and c.relkind = 'r' and c.relreplident <> 'f'
      and not exists (select from pg_catalog.pg_index as x where x.indrelid = c.oid and x.indisprimary and x.indimmediate)`;
  try {
    await sql.unsafe(standardRows);
    await migrate(migrateOptions(url, { optional: ["search"] }));
    const [own] =
      await sql`select count(*)::integer as n from pg_catalog.pg_class where relnamespace = 'ssot'::regnamespace and relkind = 'r'`;
    expect(own?.n).toBeGreaterThan(20);
    expect(await unidentified()).toEqual([]);
    await sql`update ssot.ledger set run_on = run_on - interval '70 days'`;
    await migrate(migrateOptions(url, { phase3: true }));
    expect(await unidentified()).toEqual([]);
  } finally {
    await drop();
  }
});

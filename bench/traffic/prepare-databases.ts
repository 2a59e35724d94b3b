import type { GenerateOptions } from "../../fixtures/generate.ts";
import { migrate } from "../../src/core/migrate.ts";
import { ensureDatabase, migratedName, vacuum } from "../support/databases.ts";
import { migrateOptions } from "../support/run-options.ts";
import type { BenchServer } from "../support/server.ts";

/**
 * Makes a database to clone, unless it is there, and gives its name. It has the unique key on contacts (org_id, phone) that
 * production has: without it, each webhook reads all contacts, and that is all that there is to see.
 */
export function prepareProduction(server: BenchServer, data: GenerateOptions): Promise<string> {
  return ensureDatabase(server, `production_${data.calls}${data.dirt ? "_dirt" : ""}`, async (unfinished) => {
    await server.create(unfinished, data);
    const sql = server.open(unfinished);
    // Duplicates of another spelling stay.
    await sql`
      delete from public.contacts as k using public.contacts as older
      where older.org_id = k.org_id and older.phone = k.phone and older.id < k.id`;
    await sql`alter table public.contacts add constraint contacts_org_id_phone_key unique (org_id, phone)`;
    await sql.end();
    await vacuum(server, unfinished);
  });
}

/** The same, migrated more than a month ago as far as the ledger knows: the gate of the drop is open. */
export async function prepareMigrated(server: BenchServer, data: GenerateOptions): Promise<string> {
  const source = await prepareProduction(server, data);
  return ensureDatabase(server, await migratedName(source), async (unfinished) => {
    await server.clone(unfinished, source);
    await migrate(migrateOptions(server, unfinished));
    const sql = server.open(unfinished);
    await sql`update ssot.ledger set run_on = run_on - interval '32 days'`;
    await sql.end();
    await vacuum(server, unfinished);
  });
}

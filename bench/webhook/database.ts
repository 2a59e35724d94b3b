// The migrated database that the webhook writes to: generated calls and contacts, and beside them twenty organisations with
// callers whose numbers a pgbench script can compute.
import { migrate } from "../../src/core/migrate.ts";
import type { BenchContext } from "../row.ts";
import { generated, vacuum } from "../support/databases.ts";
import { migrateOptions } from "../support/run-options.ts";

export const organisations = 20;
/** Callers with a contact; number n belongs to organisation n % 20. */
export const knownCallers = 100_000;

/** Works on it, and removes it. */
export async function onWebhookDatabase<Result>(
  context: BenchContext,
  work: (database: string) => Promise<Result>,
): Promise<Result> {
  const server = await context.server();
  const database = "bench_webhook";
  await server.clone(database, await generated(server, context.size, false));
  const sql = server.open(database);
  await sql`
    insert into public.organizations (id, name, email, telephony_country)
    select ('00000000-0000-4000-8000-0000000000' || 10 + n)::uuid, 'Bench ' || n, 'bench-' || n || '@example.org', 'US'
    from generate_series(0, ${organisations - 1}::integer) as n`;
  await sql`
    insert into public.contacts (org_id, phone, name, lead_status, lead_score)
    select ('00000000-0000-4000-8000-0000000000' || 10 + n % ${organisations}::integer)::uuid,
           '+1' || 2000000000 + n, 'Known Caller ' || n, 'warm', 50
    from generate_series(1, ${knownCallers}::integer) as n order by hashint4(n)`;
  await sql.end();
  await migrate(migrateOptions(server, database));
  await vacuum(server, database);
  try {
    return await work(database);
  } finally {
    await server.drop(database);
  }
}

import type { Sql } from "postgres";
import { migrate } from "../../src/core/migrate.ts";
import type { BenchContext } from "../row.ts";
import { ensureDatabase, migrated, vacuum } from "../support/databases.ts";
import { migrateOptions } from "../support/run-options.ts";

/** One who reads: a session, and the organisation that it reads. */
export interface Reader {
  readonly who: string;
  readonly sql: Sql;
  /** The owner's session, which row level security does not bind. */
  readonly owner: Sql;
  readonly orgId: string;
}

const tenants = `
  do $$ begin create role bench_tenant; exception when duplicate_object then null; end $$;
  grant usage on schema public to bench_tenant;
  grant select on public.calls, public.contacts, public.calls_with_caller_names to bench_tenant;
  alter table public.calls enable row level security;
  alter table public.contacts enable row level security;
  create policy tenant on public.calls to bench_tenant
    using (org_id = (current_setting('request.jwt.claims', true)::jsonb ->> 'org_id')::uuid);
  create policy tenant on public.contacts to bench_tenant
    using (org_id = (current_setting('request.jwt.claims', true)::jsonb ->> 'org_id')::uuid)`;

/**
 * Works as each of four readers: owner and tenant, in the largest organisation (half of the calls) and in one with a
 * fiftieth of them.
 */
export async function forEachReader(context: BenchContext, work: (reader: Reader) => Promise<void>): Promise<void> {
  const server = await context.server();
  const source = await migrated(server, context.size, true);
  const database = await ensureDatabase(server, `${source}_tenants`, async (unfinished) => {
    await server.clone(unfinished, source);
    const sql = server.open(unfinished);
    await sql.unsafe(tenants);
    await sql.end();
    await migrate(migrateOptions(server, unfinished, { optional: ["search"] }));
    await vacuum(server, unfinished);
  });
  const owner = server.open(database);
  const sizes = await owner<{ id: string; n: number }[]>`
    select org_id as id, count(*)::integer as n from public.calls group by org_id order by n desc`;
  const [large] = sizes;
  const fiftieth = context.size.calls / 50;
  const [small] = sizes.toSorted((a, b) => Math.abs(a.n - fiftieth) - Math.abs(b.n - fiftieth));
  if (large === undefined || small === undefined) throw new Error("there is no organisation");
  for (const { id, n } of [large, small]) {
    for (const role of ["owner", "tenant"]) {
      const sql = role === "owner" ? owner : server.open(database, { role: "bench_tenant" });
      if (role === "tenant")
        await sql`select set_config('request.jwt.claims', ${JSON.stringify({ org_id: id })}, false)`;
      await work({ who: `${n.toLocaleString("en")} calls, ${role}`, sql, owner, orgId: id });
      if (role === "tenant") await sql.end();
    }
  }
  await owner.end();
}

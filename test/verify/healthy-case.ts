import { loadSeedCase } from "../../fixtures/seed-case.ts";
import { readConfiguration } from "../../src/core/configuration.ts";
import { migrate } from "../../src/core/migrate.ts";
import { exitCodeOfReport, type VerifyOptions, type VerifyReport, verify } from "../../src/core/verify.ts";
import { recordCall } from "../../src/webhook/record-call.ts";
import { type Clones, cloneable } from "../promises/clones.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { migrateOptions, targetOf } from "../support/run-options.ts";

/** The seed's organisation, and a second one whose contact has a number of the first's. */
export const firstOrg = "a0000000-0000-4000-8000-000000000001";
export const secondOrg = "a0000000-0000-4000-8000-000000000002";

// Tenants as on Supabase: a role that must say who it is, and policies that compare.
const tenants = `
  do $$ declare r text; begin
    foreach r in array array['anon', 'authenticated'] loop
      begin execute format('create role %I', r); exception when duplicate_object or unique_violation then null; end;
    end loop;
  end $$;
  grant usage on schema public to anon, authenticated;
  grant select on public.calls, public.contacts to authenticated;
  alter table public.calls enable row level security;
  alter table public.contacts enable row level security;
  create policy tenant on public.calls to authenticated
    using (org_id = (current_setting('request.jwt.claims', true)::jsonb ->> 'org_id')::uuid);
  create policy tenant on public.contacts to authenticated
    using (org_id = (current_setting('request.jwt.claims', true)::jsonb ->> 'org_id')::uuid);
  insert into public.organizations (id, name, email) values ('${secondOrg}', 'Elsewhere', 'elsewhere@example.com');
  insert into public.contacts (org_id, name, phone) values ('${secondOrg}', 'Somebody Else', '+14155550101')`;

/** What `ssot verify` runs with. */
export async function verifyOptions(url: string, changes: Partial<VerifyOptions> = {}): Promise<VerifyOptions> {
  const { tenantRole, tenantSettings } = (await readConfiguration(undefined, "/")).verify;
  return {
    target: targetOf(url),
    suites: [],
    thresholds: new Map(),
    settings: { tenantRole, tenantSettings, dashboard: undefined },
    readOnly: false,
    record: false,
    failOn: "fail",
    showRows: false,
    timeoutSeconds: 30,
    ...changes,
  };
}

/**
 * Two tenants, migrated more than a month ago, with calls since, and one recorded run: everything can be asked.
 * `lay` changes the empty base schema first.
 */
export async function makeHealthy(lay?: (sql: TestDatabase["sql"]) => Promise<void>): Promise<TestDatabase> {
  const database = await createTestDatabase();
  const { sql, url } = database;
  await lay?.(sql);
  await loadSeedCase(sql);
  await sql.unsafe(tenants);
  await migrate(migrateOptions(url, { optional: ["search"] }));
  for (const [orgId, number] of [
    [firstOrg, "+14155550171"],
    [firstOrg, "+14155550172"],
    [secondOrg, "+14155550173"],
  ] as const) {
    await recordCall(sql, {
      orgId,
      country: "US",
      vapiCallId: `since-${number}`,
      direction: "inbound",
      number,
      name: "New Caller",
      leadScore: 60,
      leadStatus: "warm",
    });
  }
  await sql`update ssot.ledger set run_on = run_on - interval '32 days'`;
  await verify(await verifyOptions(url, { record: true }));
  return database;
}

/** A healthy database to make damaged ones from. */
export async function healthyClones(): Promise<Clones> {
  return cloneable(await makeHealthy());
}

/** The status of every check, by `suite.check`. */
export function statusesOf({ suites }: VerifyReport): ReadonlyMap<string, string> {
  return new Map(suites.flatMap(({ id, checks }) => checks.map((check) => [`${id}.${check.id}`, check.status])));
}

export { exitCodeOfReport };

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadDirtyCase } from "../../fixtures/dirty-case.ts";
import { auditDeprecated } from "../../src/core/audit/audit-deprecated.ts";
import { doctor } from "../../src/core/doctor.ts";
import { migrate } from "../../src/core/migrate.ts";
import { rollback } from "../../src/core/rollback.ts";
import { status } from "../../src/core/status.ts";
import { verify } from "../../src/core/verify.ts";
import { migrationsDirectory } from "../../src/migrations/packs.ts";
import { packageRoot } from "../../src/model/package-root.ts";
import { differences } from "../crash/differences.ts";
import { errorOf } from "../faults/refusal.ts";
import { withRole } from "../promises/migrated-case.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { phase1AndOptional } from "../support/phase1.ts";
import { migrateOptions, rollbackOptions, targetOf } from "../support/run-options.ts";
import { snapshotDatabase } from "../support/snapshot.ts";
import { statusesOf, verifyOptions } from "../verify/healthy-case.ts";

let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase();
  await loadDirtyCase(database.sql);
});

afterEach(() => database.drop());

const directory = migrationsDirectory();

/** The statements of docs/roles.md, for this role and database. */
function documentedGrants(role: string): readonly string[] {
  const page = readFileSync(join(packageRoot(), "docs", "roles.md"), "utf8");
  const block = /```sql\n([^`]*)```/.exec(page)?.[1] ?? "";
  const statements = block.trim().split("\n");
  expect(statements).toHaveLength(7);
  return statements.map((line) =>
    line.replaceAll("migrator", role).replace("database app", `database ${database.name}`),
  );
}

function urlOf(role: string): string {
  const url = new URL(database.url);
  Object.assign(url, { username: role, password: "least" });
  return url.href;
}

/** Whoever asks, the answers are the same: no right that is missing makes a claim pass, fail or go unasked. */
async function expectSameProof(url: string): Promise<void> {
  const report = await verify(await verifyOptions(url, { record: true }));
  expect(report.counts).toMatchObject({ error: 0 });
  const asSuperuser = await verify(await verifyOptions(database.url));
  // Only who may take on the tenants' role can ask as one of them; other tests of the server may have made that role.
  const ofTenants = new Set([
    "security.no-identity",
    "security.tenant",
    "security.tenant-writes",
    "security.tenant-views",
  ]);
  const others = (statuses: ReadonlyMap<string, string>) => [...statuses].filter(([id]) => !ofTenants.has(id));
  expect(others(statusesOf(report))).toEqual(others(statusesOf(asSuperuser)));
}

async function holdWholeWay(url: string): Promise<void> {
  const { sql } = database;
  const before = await snapshotDatabase(sql);
  const { checks } = await doctor({ target: targetOf(url) });
  expect(checks.filter((check) => check.status === "problem")).toEqual([]);
  const { applied } = await migrate(migrateOptions(url, { optional: ["search"] }));
  expect(applied.map(({ name }) => name)).toEqual(phase1AndOptional);
  const { migrations } = await status({ target: targetOf(url), directory });
  expect(migrations.filter(({ state }) => state === "applied").map(({ name }) => name)).toEqual(phase1AndOptional);
  await expectSameProof(url);
  const audit = await auditDeprecated({ target: targetOf(url), since: new Date(Date.now() - 3_600_000), limit: 10 });
  expect(audit.writes.total).toBe(0);
  await sql`update ssot.ledger set run_on = run_on - interval '32 days'`;
  expect((await migrate(migrateOptions(url, { phase3: true }))).applied).toHaveLength(1);
  await expectSameProof(url);
  expect((await doctor({ target: targetOf(url) })).ok).toBe(true);
  await rollback(rollbackOptions(url));
  expect(differences(before, await snapshotDatabase(sql))).toEqual([]);
}

test("the documented grants suffice for migrate, verify, audit, status, doctor, the drop and rollback", async () => {
  await withRole(database.sql, "login password 'least' nosuperuser", async (role) => {
    for (const statement of documentedGrants(role)) await database.sql.unsafe(statement);
    await holdWholeWay(urlOf(role));
  });
});

test("each of the documented grants is needed: without it the run is refused by the name of what is missing", async () => {
  const names = ["public.calls", "public.contacts", "in database", "schema public", "public.organizations"];
  for (const [place, name] of [...names, "public.appointments", "public.messages"].entries()) {
    await withRole(database.sql, "login password 'least' nosuperuser", async (role) => {
      const [owner] = await database.sql`select current_user as name`;
      const grants = documentedGrants(role).filter((_, index) => index !== place);
      for (const statement of grants) await database.sql.unsafe(statement);
      const error = await errorOf(migrate(migrateOptions(urlOf(role))));
      expect(error).toMatchObject({ code: "PREFLIGHT", message: expect.stringContaining(name) });
      for (const table of ["calls", "contacts"]) {
        await database.sql.unsafe(`alter table public.${table} owner to ${String(owner?.name)}`);
      }
    });
  }
});

test("a role like Supabase's postgres suffices, with row level security forced on", async () => {
  const attributes = "login password 'least' nosuperuser createrole createdb bypassrls";
  await withRole(database.sql, attributes, async (role) => {
    await database.sql.unsafe(`
      grant create on database ${database.name} to ${role};
      grant usage, create on schema public to ${role};
      do $$ declare t regclass; begin
        for t in select oid from pg_catalog.pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') loop
          execute format('alter table %s owner to ${role}', t);
          execute format('alter table %s enable row level security', t);
          execute format('alter table %s force row level security', t);
        end loop;
      end $$`);
    await holdWholeWay(urlOf(role));
  });
});

test("a role that may not look into schema ssot is told so by status, and its run is refused", async () => {
  await migrate(migrateOptions(database.url));
  await withRole(database.sql, "login password 'least' nosuperuser", async (role) => {
    for (const start of [
      () => status({ target: targetOf(urlOf(role)), directory }),
      () => migrate(migrateOptions(urlOf(role))),
      () => rollback(rollbackOptions(urlOf(role))),
    ]) {
      const error = await errorOf(start());
      expect(error.code).toBe("PREFLIGHT");
      expect(error.message).toContain("ssot");
    }
  });
});

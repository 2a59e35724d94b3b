import { expect } from "vitest";
import { doctor } from "../../src/core/doctor.ts";
import { type MigrateOptions, migrate } from "../../src/core/migrate.ts";
import { type PlanReport, plan } from "../../src/core/plan.ts";
import { rollback } from "../../src/core/rollback.ts";
import { SsotError } from "../../src/model/errors.ts";
import { differences } from "../crash/differences.ts";
import { snapshotWithoutViews } from "../crash/equal-databases.ts";
import { allTextOf, errorOf } from "../faults/refusal.ts";
import { withRole } from "../promises/migrated-case.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { migrateOptions, rollbackOptions, targetOf } from "../support/run-options.ts";
import { snapshotDatabase } from "../support/snapshot.ts";

/** How a run is refused: nothing is changed, and doctor and dry run say the same. */
export interface Refusal {
  readonly code: string;
  /** Stands in what the run says, and in what doctor and dry run say. */
  readonly says: string;
}

/** A database that nobody here made. */
export interface Layout {
  readonly what: string;
  /** It is held in every run, not only when it is drawn. */
  readonly always?: true;
  /** Added to the base schema and the standard rows. `{role}` is the migrator, `{database}` the database. */
  readonly sql: string;
  /** It brings all of its tables itself: no base schema, no rows. */
  readonly ownTables?: boolean;
  /** The run is by a role that has what docs/roles.md lists; else by a superuser. */
  readonly byMigrator?: boolean;
  /** Major version from which the layout exists. */
  readonly since?: number;
  readonly right: "works" | Refusal;
  /** What doctor, which is told no options, calls a problem although it works with these. */
  readonly doctorSays?: string;
  /** Only a run with its rows can tell; doctor need not. */
  readonly doctorCannotTell?: string;
  readonly options?: Partial<MigrateOptions>;
  /** Holds after `migrate`: a condition in SQL. */
  readonly after?: string;
  /** Holds after the drop: a condition in SQL. */
  readonly afterDrop?: string;
  /** Stands in what doctor warns of, and in the plan's cautions. */
  readonly warns?: string;
  /** How the drop ends, forced where it would wait for time. */
  readonly drop?: "works" | "not asked" | Refusal;
  /** SQL that takes back what triggers of others wrote, before it is compared what a rollback left. */
  readonly unstamp?: string;
}

/** Three contacts, two of them one person, and two calls. */
export const standardRows = `
  insert into public.organizations (id, name, telephony_country, created_at, updated_at)
    values ('00000000-0000-0000-0000-00000000000a', 'Acme Dental', 'US', '2026-01-01', '2026-01-01');
  insert into public.contacts (id, org_id, name, phone, created_at, updated_at) values
    ('00000000-0000-0000-0001-000000000001', '00000000-0000-0000-0000-00000000000a', 'Ann Example', '+12125550101', '2026-01-01', '2026-01-01'),
    ('00000000-0000-0000-0001-000000000002', '00000000-0000-0000-0000-00000000000a', 'Ann E.', '(212) 555-0101', '2026-01-02', '2026-01-02'),
    ('00000000-0000-0000-0001-000000000003', '00000000-0000-0000-0000-00000000000a', 'Unknown Caller', '212-555-0103', '2026-01-03', '2026-01-03');
  insert into public.calls (id, org_id, vapi_call_id, call_direction, phone_number, caller_name, from_number, created_at, updated_at) values
    ('00000000-0000-0000-0002-000000000001', '00000000-0000-0000-0000-00000000000a', 'v-1', 'inbound', '+12125550101', 'Unknown Caller', null, '2026-01-04', '2026-01-04'),
    ('00000000-0000-0000-0002-000000000002', '00000000-0000-0000-0000-00000000000a', 'v-2', 'inbound', null, 'Bob', '+12125550103', '2026-01-05', '2026-01-05')`;

/**
 * Holds the general rule for one layout: a run works and is taken back equal, the drop as well, or it is refused by name
 * with nothing changed, and doctor and dry run said so before.
 */
export async function holdRule(layout: Layout): Promise<void> {
  const database = await createTestDatabase(layout.ownTables ? { template: "empty" } : {});
  try {
    if (!layout.ownTables) await database.sql.unsafe(standardRows);
    await withRole(database.sql, "login password 'layout'", async (role) => {
      const own = (text: string): string => text.replaceAll("{role}", role).replaceAll("{database}", database.name);
      const url = new URL(database.url);
      await database.sql.unsafe(own(layout.sql));
      if (layout.byMigrator) {
        await database.sql.unsafe(own(migrator));
        Object.assign(url, { username: role, password: "layout" });
      }
      if (layout.right === "works") await holdRoundTrip(database, url.href, layout, own);
      else await holdRefusal(database, url.href, layout, layout.right);
    });
  } finally {
    await database.drop();
  }
}

async function holdRefusal(database: TestDatabase, url: string, layout: Layout, right: Refusal): Promise<void> {
  const { sql } = database;
  const before = await snapshotDatabase(sql);
  const error = await errorOf(migrate(migrateOptions(url, layout.options)));
  expect(allTextOf(error)).toContain(right.says);
  expect(error.code).toBe(right.code);
  expect(differences(before, await snapshotDatabase(sql))).toEqual([]);
  expect(await planned(url, layout)).toContain(right.says);
  if (layout.doctorCannotTell === undefined) expect(await diagnosed(url, layout)).toContain(right.says);
  expect(differences(before, await snapshotDatabase(sql))).toEqual([]);
}

async function holdRoundTrip(
  database: TestDatabase,
  url: string,
  layout: Layout,
  own: (text: string) => string,
): Promise<void> {
  const { sql } = database;
  const drop = layout.drop ?? "works";
  const snapshot = async (): Promise<string> =>
    drop === "works" ? snapshotWithoutViews(database) : snapshotDatabase(sql);
  const before = await snapshot();
  if (layout.doctorSays === undefined) expect(await diagnosed(url, layout)).toBe("");
  else expect(await diagnosed(url, layout)).toContain(layout.doctorSays);
  const prediction = await plan(migrateOptions(url, layout.options));
  expect(obstaclesOf(prediction)).toBe("");
  if (layout.warns !== undefined) {
    expect(linesOf(prediction.cautions)).toContain(layout.warns);
    expect(await diagnosed(url, layout, "warning")).toContain(layout.warns);
  }
  expect(differences(before, await snapshot())).toEqual([]);
  const { applied } = await migrate(migrateOptions(url, layout.options));
  expect(applied.map(({ name, effects }) => ({ name, effects }))).toEqual(
    prediction.pending.map(({ name, effects }) => ({ name, effects })),
  );
  if (layout.after !== undefined) {
    expect(await sql.unsafe(`select ${own(layout.after)} as holds`)).toEqual([{ holds: true }]);
  }
  if (drop !== "not asked") await dropColumns(database, url, layout, drop, own);
  await rollback(
    rollbackOptions(url, {
      userTriggers: layout.options?.userTriggers,
      trustRoles: layout.options?.trustRoles,
    }),
  );
  if (layout.unstamp !== undefined) await sql.unsafe(layout.unstamp);
  expect(differences(before, await snapshot())).toEqual([]);
}

async function dropColumns(
  { sql }: TestDatabase,
  url: string,
  { options, afterDrop }: Layout,
  drop: "works" | Refusal,
  own: (text: string) => string,
): Promise<void> {
  await sql`update ssot.ledger set run_on = run_on - interval '70 days'`;
  const asked = migrateOptions(url, { ...options, phase3: true });
  if (drop === "works") {
    await migrate(asked);
    if (afterDrop !== undefined)
      expect(await sql.unsafe(`select ${own(afterDrop)} as holds`)).toEqual([{ holds: true }]);
    return;
  }
  const before = await snapshotDatabase(sql);
  const error = await errorOf(migrate(asked));
  expect(allTextOf(error)).toContain(drop.says);
  expect(error.code).toBe(drop.code);
  expect(differences(before, await snapshotDatabase(sql))).toEqual([]);
}

// What the dry run says of a refusal: its own error, or the obstacles and contacts that it lists.
async function planned(url: string, { options }: Layout): Promise<string> {
  try {
    const report = await plan(migrateOptions(url, options));
    return `${obstaclesOf(report)}\n${options?.onUnfixablePhone === "quarantine" ? "" : report.unfixable.contacts.map(({ id, reason }) => `${id} (${reason})`).join(", ")}`;
  } catch (error) {
    if (!(error instanceof SsotError)) throw error;
    return allTextOf(error);
  }
}

function obstaclesOf({ obstacles }: PlanReport): string {
  return linesOf(obstacles);
}

function linesOf(found: PlanReport["obstacles"]): string {
  return found.map(({ what, remedy }) => `${what}: ${remedy}`).join("\n");
}

// The problems that doctor finds, or its warnings, one a line.
async function diagnosed(url: string, { options }: Layout, wanted: "problem" | "warning" = "problem"): Promise<string> {
  const { checks } = await doctor({ target: targetOf(url), trustRoles: options?.trustRoles ?? [] });
  const problems = checks.filter(({ status }) => status === wanted);
  return problems.map(({ id, detail, remedy }) => `${id}: ${detail}: ${remedy}`).join("\n");
}

// docs/roles.md, "The least that suffices", for whatever tables there are.
const migrator = `
  grant create on database {database} to {role};
  grant usage, create on schema public to {role};
  alter table public.calls owner to {role};
  alter table public.contacts owner to {role};
  grant select on public.organizations to {role};
  do $$ declare t regclass; begin
    for t in select k.conrelid from pg_catalog.pg_constraint as k
             where k.contype = 'f' and k.confrelid = 'public.contacts'::regclass loop
      execute format('grant select, update on %s to {role}', t);
    end loop;
  end $$`;

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { generateData } from "../../fixtures/generate.ts";
import { migrate } from "../../src/core/migrate.ts";
import { plan } from "../../src/core/plan.ts";
import { rollback } from "../../src/core/rollback.ts";
import { loadEngine } from "../../src/migrations/engine-files.ts";
import { migrationsDirectory } from "../../src/migrations/packs.ts";
import { differences } from "../crash/differences.ts";
import { snapshotWithoutViews } from "../crash/equal-databases.ts";
import { errorOf } from "../faults/refusal.ts";
import { standardRows } from "../layouts/layout.ts";
import { withRole } from "../promises/migrated-case.ts";
import { countAttacks } from "../support/attacks.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { tell } from "../support/draw.ts";
import { migrateOptions, rollbackOptions } from "../support/run-options.ts";
import { plantOverloads } from "./overloads.ts";

// A role of every server that is granted to nobody.
const stranger = "pg_read_all_stats";
const trusting = { trustRoles: [stranger] };

countAttacks("partner");

let database: TestDatabase;

// Trusted code without a search path of its own stands on all tables that a run changes, and finds what it names.
const loose = `
  create table public.touched (relation text, n bigint default 1);
  create function public.touch() returns trigger language plpgsql as $f$
  begin insert into touched (relation) values (tg_table_name); return coalesce(new, old); end $f$;
  create trigger touch before insert or update or delete on public.calls for each row execute function public.touch();
  create trigger touch before insert or update or delete on public.contacts for each row execute function public.touch();
  create trigger touch before update on public.messages for each row execute function public.touch()`;

beforeAll(async () => {
  database = await createTestDatabase();
  const { sql } = database;
  await generateData(sql, { calls: 300, contacts: 90, organizations: 3, dirt: true });
  // Two contacts of one number, and one whose number nobody can read.
  await sql.unsafe(standardRows);
  await sql`insert into public.contacts (org_id, name, phone) select o.id, 'Max Example', 'none' from public.organizations as o limit 1`;
  await sql`insert into public.messages (org_id, contact_id, body) select k.org_id, k.id, 'hello' from public.contacts as k`;
  await sql.unsafe(loose);
  const { files, uninstall } = await loadEngine();
  const stories = readdirSync(migrationsDirectory()).filter((file) => file.endsWith(".sql"));
  const texts = [
    ...files.map((file) => file.sql),
    uninstall,
    ...stories.map((file) => readFileSync(join(migrationsDirectory(), file), "utf8")),
  ];
  await sql.unsafe("create schema theirs");
  const rows = await sql.begin((transaction) => transaction.unsafe(plantOverloads("theirs", stranger, texts)));
  const [planted] = z.array(z.object({ functions: z.number(), operators: z.number() })).parse(rows.at(-1));
  expect(planted?.functions).toBeGreaterThan(500);
  expect(planted?.operators).toBeGreaterThan(3000);
  tell(`planted: ${planted?.functions} functions, ${planted?.operators} operators`);
});

afterAll(() => database.drop());

// A superuser in whose path it lies.
async function asRunner<T>(work: (url: string) => Promise<T>): Promise<T> {
  const { sql, url } = database;
  return withRole(sql, "superuser login password 'runner'", async (role) => {
    await sql.unsafe(`alter role ${role} set search_path = "$user", public, theirs`);
    return work(Object.assign(new URL(url), { username: role, password: "runner" }).href);
  });
}

test("where code of others looks names up, what a stranger put there stops a run by name", async () => {
  await asRunner(async (url) => {
    const error = await errorOf(migrate(migrateOptions(url)));
    expect(error.code).toBe("FOREIGN_CODE");
    expect(error.message).toMatch(/has no search path of its own, and calls .*belongs to role pg_read_all_stats/);
  });
});

test("not one of them is called by dry run, migrate, drop or rollback, while the triggers of others find their tables", async () => {
  const before = await snapshotWithoutViews(database);
  await asRunner(async (url) => {
    const options = migrateOptions(url, { ...trusting, onUnfixablePhone: "quarantine" });
    const planned = await plan(options);
    expect(planned.obstacles).toEqual([]);
    const { applied } = await migrate(options);
    expect(applied.map(({ name, effects }) => ({ name, effects }))).toEqual(
      planned.pending.map(({ name, effects }) => ({ name, effects })),
    );
    await database.sql`update ssot.ledger set run_on = run_on - interval '70 days'`;
    await migrate({ ...options, phase3: true });
    await rollback(rollbackOptions(url, trusting));
  });
  const touched = await database.sql`select relation from public.touched group by 1 order by 1`;
  expect(touched.map(({ relation }) => relation)).toEqual(["calls", "contacts", "messages"]);
  await database.sql`truncate public.touched`;
  expect(differences(before, await snapshotWithoutViews(database))).toEqual([]);
});

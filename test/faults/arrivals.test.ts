import { afterEach, beforeEach, expect, test } from "vitest";
import { dirtyContactId, dirtyOrganizationId, loadDirtyCase } from "../../fixtures/dirty-case.ts";
import { migrate } from "../../src/core/migrate.ts";
import type { Progress } from "../../src/core/progress.ts";
import { rollback } from "../../src/core/rollback.ts";
import { status } from "../../src/core/status.ts";
import { migrationsDirectory } from "../../src/migrations/packs.ts";
import { differences } from "../crash/differences.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { statesWith } from "../support/phase1.ts";
import { migrateOptions, rollbackOptions, targetOf } from "../support/run-options.ts";
import { snapshotDatabase } from "../support/snapshot.ts";

const organization = dirtyOrganizationId(1);

let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase();
  await loadDirtyCase(database.sql);
});

afterEach(() => database.drop());

/** Migrates up to a step, lets rows arrive, and goes on: what happens between two steps happens at no other moment. */
async function migrateWithArrivals(before: string, arrive: () => Promise<unknown>, changes: Progress = {}) {
  const { url } = database;
  const controller = new AbortController();
  const onStep = (_: string, step: string): void => void (step === before && controller.abort());
  const stopped = migrate(migrateOptions(url, { progress: { onStep }, signal: controller.signal }));
  await expect(stopped).rejects.toMatchObject({ code: "INTERRUPTED" });
  await arrive();
  return migrate(migrateOptions(url, { waitSeconds: 30, progress: changes }));
}

const insertContact = (name: string | null, phone: string, created = "2026-05-01") => database.sql`
  insert into public.contacts (org_id, name, phone, created_at) values (${organization}, ${name}, ${phone}, ${created})`;

const namesOf = async (phone: string): Promise<readonly unknown[]> => {
  const rows = await database.sql`select name from public.contacts where phone = ${phone} order by name`;
  return rows.map(({ name }) => name);
};

async function statesOf(): Promise<readonly string[]> {
  const { migrations } = await status({ target: targetOf(database.url), directory: migrationsDirectory() });
  return migrations.map(({ state }) => state);
}

const done = statesWith("applied");

test("a call that arrives after the links is linked by the next migrate, and unlinked by a rollback", async () => {
  const { sql, url } = database;
  const insertCall = (id: string, phone: string) => sql`
    insert into public.calls (org_id, vapi_call_id, call_direction, phone_number) values (${organization}, ${id}, 'inbound', ${phone})`;
  await migrateWithArrivals("idx_calls_contact_id", async () => {
    await insertCall("late", "+14155550120");
    await insertCall("late and loose", "(415) 555-0121");
  });
  const linked = () => sql`select contact_id from public.calls where vapi_call_id like 'late%' order by vapi_call_id`;
  expect(await linked()).toEqual([{ contact_id: null }, { contact_id: null }]);
  const again = await migrate(migrateOptions(url));
  expect(again).toMatchObject({ applied: [], caughtUp: 2 });
  expect(await linked()).toEqual([120, 121].map((n) => ({ contact_id: dirtyContactId(n) })));
  expect((await migrate(migrateOptions(url))).caughtUp).toBe(0);
  await rollback(rollbackOptions(url));
  expect(await linked()).toEqual([{ contact_id: null }, { contact_id: null }]);
});

test.each(["normalise_contact_phones", "replace_placeholder_names", "phone_check"])(
  "a contact that arrives with a loose number and no name before %s is cleaned like the others",
  async (step) => {
    await migrateWithArrivals(step, () => insertContact("unknown caller", "(212) 555-0144"));
    expect(await namesOf("+12125550144")).toEqual(["+12125550144"]);
    expect(await statesOf()).toEqual(done);
  },
);

test.each([
  "normalise_contact_phones",
  "replace_placeholder_names",
  "phone_check",
  "name_check",
  "idx_contacts_org_phone_unique",
])("a duplicate that arrives before %s is merged, and a rollback brings it back as it arrived", async (step) => {
  const { sql, url } = database;
  // 103 has no name; the late one has.
  const held = step === "name_check" || step === "idx_contacts_org_phone_unique";
  const loose = held ? "+14155550103" : "(415) 555-0103";
  let before = "";
  await migrateWithArrivals(step, async () => {
    await insertContact("Late Arrival", loose);
    await insertContact("Late Again", "+14155550104");
    before = JSON.stringify(await sql`select name, phone from public.contacts where name like 'Late%' order by name`);
  });
  expect(await namesOf("+14155550103")).toEqual(["Late Arrival"]);
  expect(await statesOf()).toEqual(done);
  await rollback(rollbackOptions(url));
  const after = await sql`select name, phone from public.contacts where name like 'Late%' order by name`;
  expect(JSON.stringify(after)).toBe(before);
  await sql`delete from public.contacts where name like 'Late%'`;
  const fresh = await createTestDatabase();
  await loadDirtyCase(fresh.sql);
  for (const each of [sql, fresh.sql]) {
    await each`update public.organizations set updated_at = '2026-02-01'`;
    await each`update public.calls set updated_at = '2026-02-01'`;
  }
  const original = await snapshotDatabase(fresh.sql);
  await fresh.drop();
  expect(differences(original, await snapshotDatabase(sql))).toEqual([]);
});

test("a contact that arrives without a name before the rule for names is cleaned like the others", async () => {
  await migrateWithArrivals("name_check", () => insertContact("--", "+12125550146"));
  expect(await namesOf("+12125550146")).toEqual(["+12125550146"]);
  expect(await statesOf()).toEqual(done);
});

test("a contact whose number cannot be read stops the migration when it arrives, by its id, and nothing is lost", async () => {
  const { sql, url } = database;
  const arrive = () => insertContact("Cannot Be Read", "no number at all");
  const failed = migrateWithArrivals("phone_check", arrive);
  await expect(failed).rejects.toMatchObject({ code: "UNFIXABLE_PHONE" });
  const [late] = await sql`select id from public.contacts where phone = 'no number at all'`;
  await expect(failed).rejects.toThrow(String(late?.id));
  await sql`update public.contacts set phone = '+12125550145' where id = ${String(late?.id)}`;
  await migrate(migrateOptions(url));
  expect(await namesOf("+12125550145")).toEqual(["Cannot Be Read"]);
  expect(await statesOf()).toEqual(done);
});

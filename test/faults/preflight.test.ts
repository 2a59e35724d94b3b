import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadDirtyCase } from "../../fixtures/dirty-case.ts";
import { migrate } from "../../src/core/migrate.ts";
import { plan } from "../../src/core/plan.ts";
import { exitCodeOf } from "../../src/model/errors.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { migrateOptions } from "../support/run-options.ts";
import { refusalOf } from "./refusal.ts";

let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase();
});

afterEach(() => database.drop());

test("every missing table and column is listed in one message, in the plan as in the run", async () => {
  const { sql, url } = database;
  await sql`drop table public.organizations cascade`;
  await sql`alter table public.calls drop column caller_name, drop column phone_number`;
  await sql`alter table public.contacts drop column lead_score`;
  for (const start of [migrate, plan]) {
    const error = await refusalOf(database, () => start(migrateOptions(url)));
    expect(error.code).toBe("PREFLIGHT");
    expect(exitCodeOf(error)).toBe(3);
    expect(error.message.split("\n").slice(1)).toEqual([
      "  - column public.calls.caller_name is missing",
      "  - column public.calls.phone_number is missing",
      "  - column public.contacts.lead_score is missing",
      "  - table public.organizations is missing",
    ]);
  }
});

test("an empty database is refused with its three missing tables", async () => {
  await database.drop();
  database = await createTestDatabase({ template: "empty" });
  const error = await refusalOf(database, () => migrate(migrateOptions(database.url)));
  expect(error.code).toBe("PREFLIGHT");
  expect(error.message.match(/table public\.\w+ is missing/g)).toHaveLength(3);
});

test("everything that a role may not do is listed in one message", async () => {
  const { sql, url } = database;
  await loadDirtyCase(sql);
  const role = `ssot_limited_${randomBytes(6).toString("hex")}`;
  const password = randomBytes(12).toString("hex");
  await sql.unsafe(`create role ${role} login password '${password}'`);
  try {
    await sql`grant select on public.messages to ${sql(role)}`;
    const limited = new URL(url);
    limited.username = role;
    limited.password = password;
    const error = await refusalOf(database, () => migrate(migrateOptions(limited.href)));
    expect(error.code).toBe("PREFLIGHT");
    const referencing = ["appointments", "calls", "contact_events", "contact_imports", "contact_notes", "contact_tags"];
    for (const line of [
      `role ${role} does not own public.calls`,
      `role ${role} does not own public.contacts`,
      `role ${role} may not read public.organizations`,
      `role ${role} may not create a schema in database ${database.name}`,
      `role ${role} may not create in schema public`,
      ...[...referencing, "follow_ups", "messages"].map(
        (name) => `may not read and update public.${name}, which references`,
      ),
    ]) {
      expect(error.message).toContain(line);
    }
    expect(error.message).not.toContain(password);
  } finally {
    await sql.unsafe(`drop owned by ${role}; drop role ${role}`);
  }
});

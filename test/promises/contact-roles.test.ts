import { afterAll, beforeAll, expect, test } from "vitest";
import { migrate } from "../../src/core/migrate.ts";
import { plan } from "../../src/core/plan.ts";
import { listContactRoles } from "../../src/db/queries/contact-roles.ts";
import { deadText } from "../../src/model/contact-role.ts";
import { recordCall } from "../../src/webhook/record-call.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { migrateOptions } from "../support/run-options.ts";

const org = "00000000-0000-0000-0000-00000000000a";

// Names as applications have them, each as a boolean, as a time and as a text.
const names = [
  "deleted_at deleted is_deleted deleted_on deletedAt isDeleted archived_at is_archived archived_on disabled_at is_disabled",
  "active is_active isActive inactive activated_at status enabled deleted_by undeleted_at",
  "unsubscribed unsubscribed_at opted_out opted_out_at opt_out sms_opt_out email_opt_out_at do_not_call doNotCall do_not_contact",
  "do_not_call_before dnc is_dnc marketing_unsubscribed subscribed consent has_consent marketing_consent consent_given sms_consent",
  "consented_at opted_in opt_in optIn gdpr_consent consent_text",
]
  .join(" ")
  .split(" ");

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  await database.sql`insert into public.organizations (id, name) values (${org}, 'Acme')`;
});

afterAll(() => database.drop());

test("the command and SQL read the same of every name, type and comment", async () => {
  const { sql, url } = database;
  const types = ["boolean", "timestamptz", "timestamp", "date", "text", "yes_no"];
  await sql`create domain public.yes_no as boolean`;
  const columns = names.flatMap((name) => types.map((type) => ({ name, type })));
  const found: unknown[] = [];
  await migrate(migrateOptions(url, { to: "20260209000100_backfill_contact_ids" }));
  for (const type of types) {
    const those = columns.filter((column) => column.type === type);
    await sql.unsafe(`alter table public.contacts ${those.map(({ name }) => `add "${name}" ${type}`).join(", ")}`);
    await sql.unsafe(`comment on column public.contacts.status is 'Whether they are [ssot: dead] or not';
      comment on column public.contacts.is_active is '[ssot: plain]'; comment on column public.contacts.enabled is '[ssot: alive]'`);
    const roles = await listContactRoles(sql);
    const asSql = await sql`
      select r.col as column, r.role, r.is_boolean as "isBoolean", r.fits, replace(ssot.is_dead('k'), '"', '') as dead
      from ssot.contact_role as r order by r.col collate "C"`;
    const dead = deadText("k", roles).replaceAll('"', "");
    expect(asSql).toEqual(roles.map((role) => ({ ...role, dead })));
    found.push(...roles.map(({ column, role, fits }) => `${type} ${column} ${role}${fits ? "" : ", not read"}`));
    await sql.unsafe(`alter table public.contacts ${those.map(({ name }) => `drop "${name}"`).join(", ")}`);
  }
  expect(found).toContain("date deleted_on dead");
  expect(found).toContain("yes_no isDeleted dead");
  expect(found).toContain("boolean enabled alive");
  expect(found).toContain("timestamp status dead");
  expect(found).toContain("text consent consent, not read");
  expect(found).toContain("timestamptz active alive, not read");
  expect(found.join()).not.toMatch(
    / (is_active|deleted_by|undeleted_at|inactive|subscribed|do_not_call_before|consent_text) /,
  );
});

test("the plan names the columns, and a call goes to the contact that lives, before and after the migration", async () => {
  const { sql, url } = database;
  await sql`drop domain public.yes_no`;
  await sql`alter table public.contacts add deleted_at timestamptz, add do_not_call boolean, add consent text`;
  await sql`
    insert into public.contacts (id, org_id, name, phone, created_at, deleted_at) values
      ('00000000-0000-0000-0000-000000000001', ${org}, 'Gone', '+12125550101', '2026-01-01', '2026-01-03'),
      ('00000000-0000-0000-0000-000000000002', ${org}, 'Lives', '+12125550101', '2026-01-02', null)`;
  const { contactRoles } = await plan(migrateOptions(url));
  expect(contactRoles.map(({ column, role, fits }) => [column, role, fits])).toEqual([
    ["consent", "consent", false],
    ["deleted_at", "dead", true],
    ["do_not_call", "opt-out", true],
  ]);
  const call = {
    orgId: org,
    country: "US",
    direction: "inbound",
    number: "+12125550101",
    name: null,
    leadScore: null,
    leadStatus: null,
  } as const;
  const before = await recordCall(sql, { ...call, vapiCallId: "before" });
  await migrate(migrateOptions(url));
  const after = await recordCall(sql, { ...call, vapiCallId: "after" });
  expect([before.contactId, after.contactId]).toEqual(Array(2).fill("00000000-0000-0000-0000-000000000002"));
});

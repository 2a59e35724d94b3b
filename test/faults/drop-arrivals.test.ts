import { afterEach, beforeEach, expect, test } from "vitest";
import { dirtyOrganizationId } from "../../fixtures/dirty-case.ts";
import { migrate } from "../../src/core/migrate.ts";
import { rollback } from "../../src/core/rollback.ts";
import type { Clones } from "../promises/clones.ts";
import { openGate } from "../promises/drop-case.ts";
import type { TestDatabase } from "../support/database.ts";
import { migrateOptions, rollbackOptions } from "../support/run-options.ts";

const organization = dirtyOrganizationId(1);
const force = { reason: "the writers of this test" };

let clones: Clones;
let database: TestDatabase;

beforeEach(async () => {
  clones = await openGate();
  database = await clones.clone();
});

afterEach(() => clones.drop());

const insertCall = (id: string, phone: string | null, from: string | null) => database.sql`
  insert into public.calls (org_id, vapi_call_id, call_direction, phone_number, from_number)
  values (${organization}, ${id}, 'inbound', ${phone}, ${from})`;

/** The calls named "late…" with their number. */
const late = () => database.sql`
  select vapi_call_id as id, phone_number as phone from public.calls where vapi_call_id like 'late%' order by 1`;

test("calls that come to need a number behind the copy have it after the drop, and theirs again after a rollback", async () => {
  const { sql, url } = database;
  await insertCall("late emptied", "+12125550160", "(212) 555-0160");
  await insertCall("late turned", "+12125550161", "+12125550161");
  await sql`update public.calls set call_direction = 'outbound' where vapi_call_id = 'late turned'`;
  const controller = new AbortController();
  const onStep = (_: string, step: string): void => void (step === "swap" && controller.abort());
  const stopped = migrate(
    migrateOptions(url, { phase3: true, force, progress: { onStep }, signal: controller.signal }),
  );
  await expect(stopped).rejects.toMatchObject({ code: "INTERRUPTED" });
  await insertCall("late arrived", null, "(212) 555-0162");
  await insertCall("late withheld", "Anonymous", "+12125550163");
  await insertCall("late keypad", "+7378742833", "+12125550164");
  await insertCall("late whole", "+12125550165", "+12125550199");
  await sql`update public.calls set phone_number = null where vapi_call_id = 'late emptied'`;
  await sql`update public.calls set call_direction = 'inbound', phone_number = '' where vapi_call_id = 'late turned'`;
  const before = await late();
  await migrate(migrateOptions(url, { phase3: true, force, waitSeconds: 30 }));
  expect(await late()).toEqual([
    { id: "late arrived", phone: "+12125550162" },
    { id: "late emptied", phone: "+12125550160" },
    { id: "late keypad", phone: "+12125550164" },
    { id: "late turned", phone: "+12125550161" },
    { id: "late whole", phone: "+12125550165" },
    { id: "late withheld", phone: "+12125550163" },
  ]);
  await rollback(rollbackOptions(url, { to: "20260209000400_mark_deprecated" }));
  expect(await late()).toEqual(before);
});

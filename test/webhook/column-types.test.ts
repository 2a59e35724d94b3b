import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { migrate } from "../../src/core/migrate.ts";
import { recordCall } from "../../src/webhook/record-call.ts";
import { standardRows } from "../layouts/layout.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { migrateOptions } from "../support/run-options.ts";
import { storedCall } from "./webhook-case.ts";

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
  await database.sql.unsafe(standardRows);
});
afterEach(() => database.drop());

const states = "alter table contacts drop constraint contacts_lead_status_check";

test.each<[string, string, object]>([
  [
    "enums of a schema of their own",
    `create schema app; create type app."Tier" as enum ('warm', 'hot'); create type app.way as enum ('outbound', 'inbound');
     ${states}, alter lead_status type app."Tier" using lead_status::app."Tier";
     alter table calls drop constraint calls_call_direction_check, alter call_direction type app.way using call_direction::app.way`,
    { lead_status: "hot", lead_score: 81 },
  ],
  [
    "an enum that lacks the value",
    `create type tier as enum ('new', 'won'); ${states}, alter lead_status type tier using lead_status::tier`,
    { lead_status: null, lead_score: 81 },
  ],
  [
    "a decimal and a number",
    `alter table contacts alter lead_score type numeric(5, 2); ${states}, alter lead_status type integer using null`,
    { lead_status: null, lead_score: 81 },
  ],
  [
    "a text and a domain",
    `create domain tier as text check (value <> ''); alter table contacts alter lead_score type text; ${states}, alter lead_status type tier`,
    { lead_status: "hot", lead_score: null },
  ],
])("a call is written where its columns are %s, before and after the migration", async (_, sql, contact) => {
  await database.sql.unsafe(sql);
  const orgId = "00000000-0000-0000-0000-00000000000a";
  const event = {
    orgId,
    country: "US",
    direction: "inbound" as const,
    name: "Ada",
    leadScore: 81,
    leadStatus: "hot" as const,
  };
  const early = { ...event, vapiCallId: randomUUID(), number: "+12025550111" };
  await recordCall(database.sql, early);
  await migrate(migrateOptions(database.url));
  const late = { ...event, vapiCallId: randomUUID(), number: "+12025550112" };
  const first = await recordCall(database.sql, late);
  expect(first).toMatchObject({ contactCreated: true, refused: [] });
  expect(await recordCall(database.sql, { ...late, direction: "outbound" })).toMatchObject({ callId: first.callId });
  const stored = await storedCall(database, late.vapiCallId);
  expect(stored).toMatchObject({ call: { call_direction: "outbound" }, contact: { name: "Ada", ...contact } });
});

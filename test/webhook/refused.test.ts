import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { TestDatabase } from "../support/database.ts";
import { firstOrg } from "../verify/healthy-case.ts";
import { report, statusUpdate } from "./messages.ts";
import { databaseAt, stages } from "./stages.ts";
import { fingerprint, keepLog, post, storedCall, webhookOf } from "./webhook-case.ts";

// What a row holds where nothing is refused.
const whole = {
  status: "ended",
  duration_seconds: 117,
  recording_url: "https://storage.example/x-mono.wav",
  transcript: "AI: Hello.\nUser: I'd like to book an appointment.",
  outcome_summary: "Caller booked Tuesday.",
  sentiment_label: "positive",
  end_time: "2026-09-10T10:02:01.902+00:00",
  phone_number: "+14155550170",
};

const long = `https://storage.example/${"r".repeat(290)}.wav`;

/** A rule of somebody's, a message that it does not take, and what is left out for it. */
const rules: readonly (readonly [
  string,
  string,
  string,
  Readonly<Record<string, unknown>>,
  readonly string[],
  object,
])[] = [
  [
    "an address of 318 characters, for which there is room for 255",
    "alter table public.calls alter recording_url type varchar(255)",
    "alter table public.calls alter recording_url type text",
    { artifact: { transcript: whole.transcript, recordingUrl: long } },
    ["recording_url"],
    { recording_url: null },
  ],
  [
    "a CHECK of other states",
    "alter table public.calls add constraint theirs check (status in ('completed', 'failed')) not valid",
    "alter table public.calls drop constraint theirs",
    {},
    ["status"],
    { status: null },
  ],
  [
    "a CHECK of a domain, which names no column",
    "create domain public.short as text check (length(value) < 10); alter table public.calls alter outcome_summary type public.short",
    "alter table public.calls alter outcome_summary type text; drop domain public.short",
    {},
    ["outcome_summary"],
    { outcome_summary: null },
  ],
  [
    "numbers that are too small, two at once, which name no column",
    "alter table public.calls add cost numeric(3, 2), alter duration_seconds type smallint",
    "alter table public.calls drop cost, alter duration_seconds type integer",
    { cost: 12.5, startedAt: null, endedAt: "2026-09-10T10:02:01.902Z", durationSeconds: 70_000 },
    ["cost", "duration_seconds"],
    { cost: null, duration_seconds: null },
  ],
  [
    "a trigger that raises",
    `create function public.no_summaries() returns trigger language plpgsql as $$
       begin if new.outcome_summary is not null then raise exception 'no'; end if; return new; end $$;
     create trigger no_summaries before insert or update on public.calls for each row execute function public.no_summaries()`,
    "drop trigger no_summaries on public.calls; drop function public.no_summaries()",
    {},
    ["outcome_summary"],
    { outcome_summary: null },
  ],
  [
    "a CHECK of two columns, of which one is enough",
    "alter table public.calls add constraint ordered check (end_time > start_time + interval '1 hour') not valid",
    "alter table public.calls drop constraint ordered",
    {},
    ["end_time"],
    { end_time: null },
  ],
  [
    "a CHECK of a contact's name and one of a call's transcript",
    `alter table public.contacts add constraint polite check (name not like 'Rude%') not valid;
     alter table public.calls add constraint brief check (length(transcript) < 10) not valid`,
    "alter table public.contacts drop constraint polite; alter table public.calls drop constraint brief",
    {},
    ["contacts.name", "transcript"],
    { transcript: null },
  ],
  [
    "a CHECK of the number",
    "alter table public.calls add constraint numbered check (phone_number like '+44%') not valid",
    "alter table public.calls drop constraint numbered",
    {},
    ["phone_number"],
    { phone_number: null },
  ],
];

describe.each(stages)("%s", (stage) => {
  let database: TestDatabase;
  let undo = "";
  beforeAll(async () => {
    database = await databaseAt(stage);
    // It holds the types of columns, and the webhook does without it.
    await database.sql`drop view if exists public.calls_with_caller_names cascade`;
  });
  afterEach(async () => {
    for (const statement of undo.split(";").filter((one) => one.trim() !== "")) await database.sql.unsafe(statement);
    undo = "";
  });
  afterAll(() => database?.drop());

  test.each(rules)("%s costs what it refuses, and nothing else", async (_, rule, back, message, refused, lost) => {
    await database.sql.unsafe(rule);
    undo = `delete from public.calls where vapi_call_id like 'refused-%'; delete from public.contacts where phone = '+14155550170'; ${back}`;
    const [id, logger] = [`refused-${randomUUID()}`, keepLog()];
    const sent = report({ id, number: "+14155550170", name: "Rude Person", message });
    const webhook = webhookOf(database.sql, { logger });
    const handled = await webhook.handle(sent);
    expect(handled).toMatchObject({ handled: true, contactCreated: true, refused });
    const stored = await storedCall(database, id);
    const kept = Object.fromEntries(Object.entries(whole).filter(([name]) => !(name in lost)));
    expect(stored?.call).toMatchObject({ ...kept, ...lost });
    expect(stored?.contact).toMatchObject({
      phone: "+14155550170",
      name: refused.includes("contacts.name") ? "+14155550170" : "Rude Person",
    });
    expect(logger.lines.filter((line) => line.startsWith("warn"))).toEqual([
      expect.stringContaining(`"refused":${JSON.stringify(refused)}`),
    ]);
    expect(logger.lines.join()).not.toMatch(/Rude|5550170|storage|Tuesday/);
    // A repeat is refused the same, and makes nothing twice.
    expect(await webhookOf(database.sql).handle(sent)).toMatchObject({
      refused,
      created: false,
      contactCreated: false,
    });
    expect((await storedCall(database, id))?.call).toEqual(stored?.call);
  });

  test("a refusal that no detail is the cause of is an error, and nothing is written", async () => {
    await database.sql`alter table public.contacts add constraint nobody check (phone not like '+1415%') not valid`;
    undo = "alter table public.contacts drop constraint nobody";
    const before = await fingerprint(database, firstOrg);
    const logger = keepLog();
    const answer = await webhookOf(database.sql, { logger }).fetch(post(report({ number: "+14155550171" })));
    expect(answer.status).toBe(500);
    expect(logger.lines).toEqual([expect.stringContaining('"constraint":"nobody"')]);
    expect(await fingerprint(database, firstOrg)).toBe(before);
  });

  test("a column that must have a value keeps its default where an event has none, or none that fits", async () => {
    await database.sql`update public.calls set status = 'ended' where status is null`;
    await database.sql`alter table public.calls alter status set default 'unknown', alter status set not null`;
    undo = "alter table public.calls alter status drop not null, alter status drop default";
    const id = `refused-${randomUUID()}`;
    expect(await webhookOf(database.sql).handle(statusUpdate("not-found", { id }))).toMatchObject({
      refused: ["status"],
    });
    expect(await storedCall(database, id)).toMatchObject({ call: { status: "unknown" } });
    await database.sql`delete from public.calls where vapi_call_id = ${id}`;
  });
});

import postgres from "postgres";
import { afterEach, beforeEach, expect, test } from "vitest";
import { exitCodeOfReport, verify } from "../../src/core/verify.ts";
import type { TestDatabase } from "../support/database.ts";
import { snapshotDatabase } from "../support/snapshot.ts";
import { makeHealthy, statusesOf, verifyOptions } from "./healthy-case.ts";

let database: TestDatabase;

beforeEach(async () => {
  database = await makeHealthy();
});

afterEach(() => database.drop());

const probing = ["live-names", "auto-create", "dashboard", "deprecation-trigger", "performance", "security"];

async function probesOf(changes: Parameters<typeof verifyOptions>[1] = {}) {
  const report = await verify(await verifyOptions(database.url, { suites: probing, ...changes }));
  const found = statusesOf(report);
  const names = ["live-names.rename", "auto-create.first-call", "deprecation-trigger.update", "security.view-wall"];
  const reasons = report.suites.flatMap(({ checks }) =>
    checks.filter(({ status }) => status === "skip").map((c) => c.actual),
  );
  return { report, statuses: names.map((name) => found.get(name)), reasons };
}

test("a run leaves nothing behind: no row, no audit, no trace of a write, no event", async () => {
  const { sql, url } = database;
  const heard: string[] = [];
  const listener = postgres(url, { max: 1, onnotice: () => {} });
  await sql.unsafe(`
    create function public.announce() returns trigger language plpgsql as
      $$ begin perform pg_notify('calls', new.id::text); return new; end $$;
    create trigger announce before insert or update on public.calls for each row execute function public.announce();
    create trigger announce before insert or update on public.contacts for each row execute function public.announce()`);
  await listener.listen("calls", (id) => heard.push(id));
  const before = await snapshotDatabase(sql);
  const { report, statuses } = await probesOf({ suites: [] });
  expect(statuses).toEqual(["pass", "pass", "pass", "pass"]);
  expect(report.counts.fail).toBe(0);
  expect(await snapshotDatabase(sql)).toBe(before);
  await sql`select pg_notify('calls', 'the end')`;
  await expect.poll(() => heard).toEqual(["the end"]);
  await listener.end();
});

test("recording is the only thing that stays, and holds counts alone", async () => {
  const { sql } = database;
  await verify(await verifyOptions(database.url, { record: true }));
  const runs = await sql`select ok, counts, coverage, metrics from ssot.verification_runs order by id`;
  expect(runs).toHaveLength(2);
  expect(JSON.stringify(runs)).not.toMatch(/Okafor|\+1415|New Caller/);
  const { report } = await probesOf({ suites: [] });
  expect(report.trend).toHaveLength(2);
});

const tell = `
  create sequence public.tellings;
  create table public.told (n bigint default nextval('public.tellings'));
  create function public.tell() returns trigger language plpgsql as $$ begin insert into public.told default values; return null; end $$;`;

/** Whether the trigger ran, whose sequence no rollback takes back. */
async function hasTold(): Promise<unknown> {
  const [row] = await database.sql`select is_called from public.tellings`;
  return row?.is_called;
}

test("where a trigger of others would tell somebody, probes run on copies without it, and it is told nothing", async () => {
  const { sql } = database;
  await sql.unsafe(`${tell}
    create trigger webhook after insert or update on public.calls for each row execute function public.tell();
    create trigger webhook after insert or update on public.contacts for each statement execute function public.tell()`);
  const before = await snapshotDatabase(sql);
  const { statuses, report } = await probesOf();
  expect(statuses).toEqual(["pass", "pass", "pass", "pass"]);
  expect(report.counts.fail + report.counts.error).toBe(0);
  expect(await hasTold()).toBe(false);
  expect(await snapshotDatabase(sql)).toBe(before);
});

test("on copies the tables' rules and BEFORE ROW triggers count", async () => {
  const { sql } = database;
  await sql.unsafe(`${tell}
    create trigger webhook after insert on public.calls for each row execute function public.tell();
    create function public.refuse() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$;
    create trigger refuse before insert on public.contacts for each row execute function public.refuse()`);
  expect((await probesOf()).statuses.slice(1, 2)).toEqual(["fail"]);
  await sql.unsafe(
    "drop trigger refuse on public.contacts; alter table public.contacts add constraint closed check (source is null) not valid",
  );
  expect((await probesOf()).statuses.slice(1, 2)).toEqual(["fail"]);
  expect(await hasTold()).toBe(false);
});

test("where no copy can be made either, one probe says so, and the run ends in 3", async () => {
  const { sql } = database;
  await sql.unsafe(`${tell}
    create trigger webhook after insert on public.calls for each row execute function public.tell();
    create function public.closed() returns event_trigger language plpgsql as $$ begin if tg_tag = 'CREATE TABLE' and current_setting('application_name') = 'ssot' and exists (select from pg_event_trigger_ddl_commands() as c where c.object_identity like 'pg_temp%contacts') then raise exception 'no'; end if; end $$;
    create event trigger closed on ddl_command_end execute function public.closed()`);
  const { report, reasons } = await probesOf();
  const errors = report.suites.flatMap(({ checks }) => checks.filter(({ status }) => status === "error"));
  expect(errors.map(({ actual }) => actual)).toEqual([expect.stringContaining("calls.webhook")]);
  expect(reasons.filter((reason) => reason.includes("as was said once")).length).toBeGreaterThan(3);
  expect(exitCodeOfReport(report, "fail")).toBe(3);
});

test("a column that the library does not write and that must have a value is named once, and fails", async () => {
  await database.sql.unsafe(
    "alter table public.calls add column agent_id uuid; update public.calls set agent_id = gen_random_uuid(); alter table public.calls alter column agent_id set not null",
  );
  const { report, statuses } = await probesOf();
  expect(statuses).toEqual(["skip", "skip", "skip", "skip"]);
  const failed = report.suites.flatMap(({ checks }) => checks.filter(({ status }) => status === "fail"));
  expect(failed.map(({ id, rows }) => [id, rows])).toEqual([
    ["columns", [{ column: "calls.agent_id", problem: "must have a value, and no event brings one" }]],
  ]);
  const [rename] = report.suites.flatMap(({ checks }) => checks.filter(({ id }) => id === "rename"));
  expect(rename?.actual).toBe(
    "because of auto-create.columns: calls.agent_id must have a value, which the library does not write",
  );
});

test("a deprecated column that must have a value is named, and fails", async () => {
  await database.sql.unsafe(
    "update public.calls set caller_name = 'none'; alter table public.calls alter column caller_name set not null",
  );
  const { report, statuses } = await probesOf();
  expect(statuses).toEqual(["skip", "skip", "skip", "skip"]);
  expect(report.counts.fail).toBe(1);
  const [rename] = report.suites.flatMap(({ checks }) => checks.filter(({ id }) => id === "rename"));
  expect(rename?.actual).toBe(
    "because of auto-create.columns: calls.caller_name must have a value, and nobody is to write it: drop its NOT NULL",
  );
});

test("a trigger on the audit is told nothing either", async () => {
  await database.sql.unsafe(`${tell}
    create trigger alert after insert on public.deprecated_column_audit for each row execute function public.tell()`);
  expect((await probesOf()).statuses).toEqual(["pass", "pass", "pass", "pass"]);
  expect(await hasTold()).toBe(false);
});

test("a trigger without a search path of its own finds its tables, as in the application", async () => {
  await database.sql.unsafe(`
    create table public.seen (id uuid);
    create function public.note() returns trigger language plpgsql as $$ begin insert into seen values (new.id); return new; end $$;
    create trigger note before insert on public.calls for each row execute function public.note()`);
  expect((await probesOf()).statuses).toEqual(["pass", "pass", "pass", "pass"]);
  expect(await database.sql`select from public.seen`).toHaveLength(0);
});

test("on a server that is read-only, and with --read-only, probes say that they were skipped", async () => {
  const { sql, name } = database;
  expect((await probesOf({ readOnly: true })).reasons.join()).toContain("--read-only");
  await sql.unsafe(`alter database ${name} set default_transaction_read_only = on`);
  const { statuses, reasons } = await probesOf();
  expect(statuses).toEqual(["skip", "skip", "skip", "skip"]);
  expect(reasons.join()).toContain("this server is read-only");
});

test("organisations that ask for more than a text are borrowed, and nothing of theirs is touched", async () => {
  const { sql } = database;
  await sql.unsafe(
    "alter table public.organizations add column plan integer; update public.organizations set plan = 1; alter table public.organizations alter column plan set not null",
  );
  const before = await snapshotDatabase(sql);
  expect((await probesOf()).statuses).toEqual(["pass", "pass", "pass", "pass"]);
  expect(await snapshotDatabase(sql)).toBe(before);
});

test("organisations whose insert tells others are borrowed", async () => {
  const { sql } = database;
  await sql.unsafe(`
    create table public.welcome (id uuid);
    create function public.greet() returns trigger language plpgsql as $$ begin insert into public.welcome values (new.id); return null; end $$;
    create trigger greet after insert on public.organizations for each row execute function public.greet();
    create sequence public.greetings;
    alter table public.welcome add column n bigint default nextval('public.greetings')`);
  expect((await probesOf()).statuses).toEqual(["pass", "pass", "pass", "pass"]);
  expect(await sql`select is_called from public.greetings`).toEqual([{ is_called: false }]);
});

test("two runs at once do not wait for each other", async () => {
  const reports = await Promise.all(
    [1, 2, 3].map(async () => verify(await verifyOptions(database.url, { suites: probing }))),
  );
  expect(reports.map(({ counts }) => counts.fail + counts.error)).toEqual([0, 0, 0]);
});
